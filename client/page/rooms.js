// Rooms is the list of chatrooms to pick from: some that are always there, and the user's own, which
// outlive the page. It draws nothing. A browser may refuse to keep anything (private windows, blocked
// cookies); then the user's rooms last as long as the page.
'use strict';

class Rooms {
  static #KEY = 'chatlab.rooms';
  static #MOST = 50;  // more than anybody reads; bounds what a damaged store can make us draw

  #builtIn;
  #own;

  constructor(pageLocation) {
    const here = RoomUrl.ofPage(pageLocation);
    this.#builtIn = [
      { url: here, label: 'This server' },
      { url: 'ws://localhost:8081', label: 'My computer' },
      { url: 'wss://chat-server-cs396.herokuapp.com', label: 'The course server' },
    ].filter((room, i) => room.url !== null && (i === 0 || room.url !== here));
    this.#own = Rooms.#load() ?? [];
  }

  // -> [{ url, label, removable }]
  all() {
    const own = this.#own.filter((url) => !this.#builtIn.some((room) => room.url === url));
    return [...this.#builtIn.map((room) => ({ ...room, removable: false })),
            ...own.map((url) => ({ url, label: '', removable: true }))];
  }

  // Both return whether the list will be remembered.
  add(url) {
    return this.#change((urls) => [...urls.filter((other) => other !== url), url].slice(-Rooms.#MOST));
  }

  remove(url) {
    return this.#change((urls) => urls.filter((other) => other !== url));
  }

  reload() {
    this.#own = Rooms.#load() ?? this.#own;
  }

  // Another tab may have changed the list since, so a change starts from what is stored.
  #change(edit) {
    this.#own = edit(Rooms.#load() ?? this.#own);
    try {
      localStorage.setItem(Rooms.#KEY, JSON.stringify(this.#own));
      return true;
    } catch {
      return false;
    }
  }

  static #load() {
    try {
      const stored = JSON.parse(localStorage.getItem(Rooms.#KEY) ?? '[]');
      const urls = stored.filter((item) => typeof item === 'string').map((item) => RoomUrl.parse(item).url);
      return [...new Set(urls)].filter(Boolean).slice(-Rooms.#MOST);
    } catch {
      return null;  // no storage, or not ours
    }
  }
}
