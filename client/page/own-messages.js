// OwnMessages tells this tab's messages from everybody else's when they come back from the server. The
// name alone can't: two people may share one. So each message carries a nonce, a random field of our own.
// A server that keeps the lab's rules relays every field, and the nonce settles it. A server that builds
// a new object from type, text and username drops it; then as many messages count as ours as we sent with
// that text and have not seen come back.
'use strict';

class OwnMessages {
  static #REMEMBERED = 200;  // far more than can be under way at once

  #sent = [];  // oldest first: { message, returned, guessed: a mark function or null }
  #nonceReturns = false;

  // -> the message to send.
  stamp(message) {
    const random = crypto.getRandomValues(new Uint32Array(4));
    const stamped = { ...message, nonce: [...random].map((n) => n.toString(36)).join('') };
    this.#sent.push({ message: stamped, returned: false, guessed: null });
    if (this.#sent.length > OwnMessages.#REMEMBERED) this.#sent.shift();
    return stamped;
  }

  // Calls mark(true) if the message is this tab's, else mark(false); and once more with false if a guess
  // turns out to be wrong.
  recognise(message, mark) {
    mark(typeof message.nonce === 'string' ? this.#isKnown(message) : this.#isGuessed(message, mark));
  }

  // A new connection, perhaps to another server: nothing that was under way on the old one comes back.
  // -> the texts that did not: whether anybody got them is unknown.
  startOver() {
    const unconfirmed = this.#sent.filter((sent) => !sent.returned).map((sent) => sent.message.text);
    this.#sent = [];
    this.#nonceReturns = false;
    return unconfirmed;
  }

  // Everybody sees our nonces, so a nonce alone proves nothing: it must come with the text we gave it.
  #isKnown({ nonce, text }) {
    const sent = this.#sent.find(({ message }) => message.nonce === nonce && message.text === text);
    if (sent === undefined) return false;
    this.#nonceReturns = true;
    this.#takeBackGuesses();
    sent.returned = true;
    return true;
  }

  #isGuessed({ username, text }, mark) {
    if (this.#nonceReturns) return false;  // then ours would have had one
    const sent = this.#sent.find(({ message, returned }) =>
      !returned && message.username === username && message.text === text);
    if (sent === undefined) return false;
    sent.returned = true;
    sent.guessed = mark;
    return true;
  }

  // This server returns nonces after all, so what came without was a namesake's, in another program.
  #takeBackGuesses() {
    for (const sent of this.#sent.filter(({ guessed }) => guessed !== null)) {
      sent.guessed(false);
      sent.guessed = null;
      sent.returned = false;
    }
  }
}
