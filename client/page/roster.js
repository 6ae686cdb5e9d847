// Roster is the names on the screen. It shows what the server said last, in the server's order, as text.
'use strict';

class Roster {
  static #MOST_SHOWN = 500;

  #element;

  constructor(element) {
    this.#element = element;
  }

  show(names) {
    const list = document.createElement('ul');
    for (const name of names.slice(0, Roster.#MOST_SHOWN)) list.append(Roster.#item(Roster.readable(name)));
    if (names.length > Roster.#MOST_SHOWN) {
      list.append(Roster.#item(`and ${names.length - Roster.#MOST_SHOWN} more`));
    }
    this.#element.replaceChildren(list);
  }

  // Some servers let people log in with anything for a name, or with none.
  static readable(name) {
    const text = ['string', 'number', 'boolean'].includes(typeof name) ? String(name) : '';
    return text.trim() === '' ? '(no name)' : text.slice(0, 200);
  }

  static #item(text) {
    const item = document.createElement('li');
    const name = document.createElement('bdi');  // right-to-left inside, with the bullet where all bullets are
    name.textContent = text;
    item.append(name);
    return item;
  }
}
