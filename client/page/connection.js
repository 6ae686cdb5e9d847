// Connection is a WebSocket that comes back: once it has been open it dials again whenever it is lost,
// waiting longer each time, until close() is called. It owns one socket at a time and one timer, and
// knows nothing of chats. Handlers, like those of a WebSocket:
//   ondial()         it is about to open, for the first time or again
//   onopen()         each time it is open
//   onmessage(data)  a frame: text, or a Blob
//   onlost({ code, reason, wasOpen, retryInMs })
//                    it closed, or could not be opened; retryInMs is null if it won't dial again
'use strict';

class Connection {
  static FIRST_DELAY_MS = 500;
  static LONGEST_DELAY_MS = 30_000;
  static OPENING_MS = 10_000;  // a host that never answers would keep us waiting for minutes
  static STABLE_MS = 10_000;   // open for less, it counts as one more failure: a server that hangs up on
                               // everybody is not to be dialled twice a second for ever

  ondial = () => {};
  onopen = () => {};
  onmessage = () => {};
  onlost = () => {};

  #url = null;
  #socket = null;
  #timer = null;
  #hasBeenOpen = false;
  #failures = 0;

  get isOpen() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  open(url) {
    this.close();
    this.#url = url;
    this.#hasBeenOpen = false;
    this.#failures = 0;
    this.#dial();
  }

  // Skips the rest of the wait.
  retryNow() {
    if (this.#socket === null && this.#url !== null) this.#dial();
  }

  // -> whether it was handed over. There is no queue: what can't be sent now is the caller's to keep.
  send(message) {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  // For when the page goes away: hangs up without giving up. Should the page stay or come back after all
  // (a cancelled navigation, the Back button), the connection comes back with it.
  hangUp() {
    this.#socket?.close(1000);
  }

  close() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    this.#url = null;
    socket?.close(1000);
  }

  #dial() {
    clearTimeout(this.#timer);
    const socket = new WebSocket(this.#url);  // may throw, if at all, the first time that a URL is used
    this.#socket = socket;
    this.#timer = setTimeout(() => socket.close(), Connection.OPENING_MS);
    let openedAt = null;
    this.ondial();

    socket.onopen = () => {
      if (socket !== this.#socket) return;
      clearTimeout(this.#timer);
      openedAt = performance.now();
      this.#hasBeenOpen = true;
      this.onopen();
    };
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.onmessage(data);
    };
    socket.onclose = ({ code, reason }) => {
      if (socket !== this.#socket) return;  // of a connection that was given up
      clearTimeout(this.#timer);
      this.#socket = null;
      if (openedAt !== null && performance.now() - openedAt > Connection.STABLE_MS) this.#failures = 0;
      const retryInMs = this.#hasBeenOpen ? this.#scheduleRetry() : null;
      this.onlost({ code, reason, wasOpen: openedAt !== null, retryInMs });
    };
  }

  #scheduleRetry() {
    const delay = Connection.backoff(this.#failures++, Math.random());
    this.#timer = setTimeout(() => this.#dial(), delay);
    return delay;
  }

  // Exponential backoff with jitter: when a server restarts, its clients should not all dial at once.
  static backoff(failures, random) {
    const ceiling = Math.min(Connection.LONGEST_DELAY_MS, Connection.FIRST_DELAY_MS * 2 ** failures);
    return ceiling / 2 + random * ceiling / 2;
  }
}
