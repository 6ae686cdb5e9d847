let connection = null;
let username = null;

const show = (selector) => document.querySelector(selector).classList.remove('hidden');
const hide = (selector) => document.querySelector(selector).classList.add('hidden');

const connect = () => {
    connection = new WebSocket(document.querySelector('#server').value);

    connection.onopen = () => {
        document.querySelector('#ws-status').innerHTML = 'Connected';
        hide('#step1');
        show('#step2');
    };

    connection.onclose = () => {
        document.querySelector('#ws-status').innerHTML = 'Disconnected';
    };

    // The student's part.
    connection.onmessage = (event) => {
        const data = JSON.parse(event.data);
        console.log(data);
        if (data.type === 'login' || data.type === 'disconnect') {
            let html = '<ul>';
            for (const user of data.users) {
                html += '<li>' + user + '</li>';
            }
            document.querySelector('#users-list').innerHTML = html + '</ul>';
        } else if (data.type === 'chat') {
            const side = data.username === username ? 'right' : 'left';
            const name = data.username === username ? 'You' : data.username;
            document.querySelector('#chat').innerHTML +=
                `<div class="${side}"><strong>${name}:</strong> ${data.text}</div>`;
        }
    };
};

const setName = () => {
    username = document.querySelector('#name').value;
    connection.send(JSON.stringify({ type: 'login', username: username }));
    document.querySelector('#name-display').innerHTML = 'Signed in as ' + username + '.';
    hide('#step2');
    show('#step3');
    show('#chat-container');
};

const send = () => {
    const text = document.querySelector('#message').value;
    connection.send(JSON.stringify({ type: 'chat', text: text, username: username }));
    document.querySelector('#message').value = '';
};

const disconnect = () => {
    if (connection) {
        connection.send(JSON.stringify({ type: 'disconnect', username: username }));
    }
};

document.querySelector('#connect').onclick = connect;
document.querySelector('#set-name').onclick = setName;
document.querySelector('#send').onclick = send;
window.onbeforeunload = disconnect;
