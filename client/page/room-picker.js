// RoomPicker is the list of chatrooms on the screen, beside the address field: a click on a room puts its
// address into the field, and the field's address can be put into the list.
'use strict';

class RoomPicker {
  onpick = () => {};

  #rooms;
  #list;
  #field;

  constructor(rooms, list, field) {
    this.#rooms = rooms;
    this.#list = list;
    this.#field = field;
    field.addEventListener('input', () => this.#showPicked());
    window.addEventListener('storage', () => {  // another tab changed the list
      rooms.reload();
      this.#draw();
    });
    this.#draw();
  }

  pick(url) {
    this.#field.value = url;
    this.#showPicked();
  }

  // -> whether the list will be remembered.
  add(url) {
    const isKept = this.#rooms.add(url);
    this.pick(url);
    this.#draw();
    return isKept;
  }

  #draw() {
    this.#list.replaceChildren(...this.#rooms.all().map((room) => this.#item(room)));
    this.#showPicked();
  }

  #item({ url, label, removable }) {
    const item = document.createElement('li');
    const pick = RoomPicker.#button('pick', () => {
      this.pick(url);
      this.onpick();
    });
    pick.dataset.url = url;
    if (label) pick.append(RoomPicker.#span('label', label), ' ');
    pick.append(RoomPicker.#span('url', url));
    item.append(pick);
    if (removable) {
      const remove = RoomPicker.#button('remove', () => {
        this.#rooms.remove(url);
        this.#draw();
        this.#field.focus();  // the button that had the focus is gone
      });
      remove.textContent = '×';
      remove.ariaLabel = `Remove ${url} from the list`;
      item.append(remove);
    }
    return item;
  }

  #showPicked() {
    const { url } = RoomUrl.parse(this.#field.value);
    for (const pick of this.#list.querySelectorAll('.pick')) pick.ariaPressed = String(pick.dataset.url === url);
  }

  static #button(className, onclick) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = className;
    button.addEventListener('click', onclick);
    return button;
  }

  static #span(className, text) {
    const span = document.createElement('span');
    span.className = className;
    span.textContent = text;
    return span;
  }
}
