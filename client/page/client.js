// The lab's client: connects, logs in, sends what is typed and shows what comes. It owns the state of the
// conversation and the three steps of the page, and leaves each noun to its own file (see index.html).
//
// The protocol, one JSON object per frame:
//   here -> server   { type: "login", username }   { type: "disconnect", username }
//                    { type: "chat", text, username }
//   server -> all    { type: "login", users }      { type: "disconnect", users }      the chat as it came
'use strict';

{
  const element = (id) => document.getElementById(id);

  const rooms = new Rooms(location);
  const picker = new RoomPicker(rooms, element('rooms'), element('server'));
  const connection = new Connection();
  const ownMessages = new OwnMessages();
  const chatLog = new ChatLog(element('chat'), element('newest'));
  const roster = new Roster(element('users-list'));

  let room = null;      // the URL, from Connect to Leave
  let username = null;  // from Set Name to Leave
  let isLost = false;   // was connected, and is dialling again

  // ---- 1. Choose a chatroom ------------------------------------------------------------------------

  function connect() {
    const url = readAddress();
    if (url === null) return;
    room = url;
    try {
      connection.open(url);
    } catch (error) {
      couldNotConnect(error.message);
    }
  }

  // -> the URL in the address field, or null after having said what is wrong with it.
  function readAddress() {
    const { url, problem } = RoomUrl.parse(element('server').value);
    const reason = problem ?? RoomUrl.mixedContentProblem(url, location.protocol);
    sayProblem('server', reason);
    if (reason) {
      element('server').focus();
      return null;
    }
    picker.pick(url);
    return url;
  }

  function addRoom() {
    const url = readAddress();
    if (url === null) return;
    if (!picker.add(url)) sayProblem('server', 'Added, but only until this page is closed: this browser keeps nothing for it.');
  }

  function couldNotConnect(why) {
    sayStatus('closed', 'Not connected');
    sayProblem('server', `Could not connect to ${room}: ${why}. Is the server running, and is the address right?`);
    room = null;
    element('server').focus();
  }

  // ---- 2. Say who you are --------------------------------------------------------------------------

  function setName() {
    const name = element('name').value.trim();
    if (name === '') return element('name').focus();
    username = name;
    showStep('chat');
    element('message').focus();
    login();
  }

  function login() {
    showName('Signing in as');
    connection.send({ type: 'login', username });
  }

  // ---- 3. Chat -------------------------------------------------------------------------------------

  function sendMessage() {
    const text = element('message').value;
    element('message').focus();
    if (text.trim() === '') return;
    if (!connection.isOpen) {
      sayProblem('message', 'Not connected. Your message stays here: send it when the connection is back.');
      return;
    }
    connection.send(ownMessages.stamp({ type: 'chat', text, username }));
    element('message').value = '';
    chatLog.follow();
  }

  function leave() {
    sayGoodbye();
    connection.close();
    ownMessages.startOver();
    chatLog.clear();
    roster.show([]);
    room = username = null;
    isLost = false;
    sayProblem('message', '');
    sayStatus('closed', 'Not connected');
    showStep('server');
    element('server').focus();
  }

  function sayGoodbye() {
    if (username !== null) connection.send({ type: 'disconnect', username });
  }

  // ---- What comes from the server ------------------------------------------------------------------

  connection.onmessage = (frame) => {
    const data = parse(frame);
    if (data === null) {
      console.log('Not a JSON object:', String(frame).slice(0, 200));
    } else if ((data.type === 'login' || data.type === 'disconnect') && Array.isArray(namesIn(data))) {
      showRoster(namesIn(data));
    } else if (data.type === 'chat' && typeof data.text === 'string') {
      showChat(data);
    } else if (typeof data.error === 'string') {
      console.log('The server answered with an error:', data);
      chatLog.addNote(`The server answered with an error: ${data.error.slice(0, 200)}`);
    } else {
      console.log('Unrecognized message type:', data);
    }
  };

  function parse(frame) {
    try {
      const data = JSON.parse(frame);
      return typeof data === 'object' && !Array.isArray(data) ? data : null;
    } catch {
      return null;
    }
  }

  // Later editions of the lab call the field active_users.
  function namesIn(data) {
    return data.users ?? data.active_users;
  }

  function showRoster(names) {
    if (username === null) return;
    roster.show(names);
    if (names.includes(username)) showName('Signed in as');
  }

  function showChat(message) {
    if (username === null) return;
    const line = chatLog.addMessage(Roster.readable(message.username), message.text);
    ownMessages.recognise(message, (isOwn) => ChatLog.mark(line, isOwn));
  }

  // ---- The connection comes and goes ---------------------------------------------------------------

  connection.ondial = () => {
    if (isLost) sayStatus('lost', 'Connection lost. Connecting again …');
    else sayStatus('connecting', `Connecting to ${room} …`);
  };

  connection.onopen = () => {
    sayStatus('open', 'Connected');
    sayProblem('message', '');
    if (username !== null) {
      chatLog.addNote('Connected again.');
      login();
    } else if (!isLost) {
      showStep('name');
      element('name').focus();
    }
    isLost = false;
  };

  connection.onlost = (end) => {
    const why = CloseCodes.inWords(end);
    if (end.retryInMs === null) return couldNotConnect(why);
    if (!isLost && username !== null) {
      chatLog.addNote(`Connection lost: ${why}.`);
      for (const text of ownMessages.startOver()) chatLog.addNote(`This may not have arrived: ${text}`);
      roster.show([]);
    }
    isLost = true;
    const seconds = Math.max(1, Math.round(end.retryInMs / 1000));
    sayStatus('lost', `Connection lost: ${why}. Trying again in about ${seconds} s.`);
  };

  // ---- What the page says --------------------------------------------------------------------------

  function showStep(step) {
    document.body.dataset.step = step;
    element('step-server').hidden = step !== 'server';
    element('step-name').hidden = step !== 'name';
    for (const part of document.querySelectorAll('.chatting')) part.hidden = step !== 'chat';
    element('share').href = `?${new URLSearchParams({ server: room ?? '' })}`;
    element('share').textContent = room;
  }

  function sayStatus(state, text) {
    document.body.dataset.connection = state;
    element('ws-status').textContent = text;
    element('retry').hidden = state !== 'lost';
  }

  function sayProblem(field, text) {
    element(`${field}-problem`).textContent = text;
    element(field).ariaInvalid = text === '' ? null : 'true';
  }

  function showName(words) {
    const name = document.createElement('bdi');
    name.textContent = username;
    element('name-display').replaceChildren(`${words} `, name, '.');
  }

  // ---- What the user does --------------------------------------------------------------------------

  function on(id, event, action) {
    element(id).addEventListener(event, (happening) => {
      happening.preventDefault();  // a form would load the page anew
      action();
    });
  }

  // Enter in a field submits its form, as a click on its button does.
  on('step-server', 'submit', connect);
  on('step-name', 'submit', setName);
  on('compose', 'submit', sendMessage);
  on('add-room', 'click', addRoom);
  on('back', 'click', leave);
  on('leave', 'click', leave);
  on('retry', 'click', () => connection.retryNow());
  element('newest').addEventListener('click', () => element('message').focus());
  picker.onpick = () => {
    sayProblem('server', '');
    element('connect').focus();
  };

  window.addEventListener('online', () => connection.retryNow());

  // Some browsers close the socket before one of these two events, some fire only the other.
  for (const event of ['beforeunload', 'pagehide']) {
    window.addEventListener(event, () => {
      sayGoodbye();
      connection.hangUp();
    });
  }

  // A link to a room, ?server=...&name=..., fills in the fields. Nothing is sent before a click.
  const link = new URLSearchParams(location.search);
  const address = link.get('server') ?? RoomUrl.ofPage(location) ?? element('server').value;
  picker.pick(RoomUrl.parse(address).url ?? address);
  element('name').value = link.get('name') ?? '';
  element('connect').focus();
}
