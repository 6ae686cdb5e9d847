// ChatLog is the messages on the screen. It owns the contents and the scrolling of its element, follows
// the newest message unless the reader has scrolled up, and keeps a bounded number of lines. Names and
// texts come from strangers: they become text nodes, never markup.
//
// Lines are put on the screen in batches, a few times a second at most: measuring the page after each of
// thousands of messages is what would freeze it.
'use strict';

class ChatLog {
  static KEPT = 500;              // lines in the page
  static #LONGEST_SHOWN = 20_000; // characters of one message
  static #BATCH_MS = 30;
  static #AT_END_PX = 40;         // so near the end counts as reading the newest

  #list;
  #newestButton;
  #waiting = [];
  #timer = null;
  #following = true;
  #unseen = 0;
  #lastTop = 0;

  constructor(list, newestButton) {
    this.#list = list;
    this.#newestButton = newestButton;
    list.addEventListener('scroll', () => this.#onScroll());
    newestButton.addEventListener('click', () => this.follow());
    // A phone's keyboard or a resized window moves the end out of sight.
    new ResizeObserver(() => this.#following && this.#scrollToEnd()).observe(list);
  }

  // -> the line, for mark().
  addMessage(username, text) {
    const line = document.createElement('div');
    line.append(ChatLog.#span('who', ''), ' ', ChatLog.#span('text', text.slice(0, ChatLog.#LONGEST_SHOWN)));
    line.dataset.username = username;
    ChatLog.mark(line, false);
    this.#unseen += 1;
    this.#add(line);
    return line;
  }

  // Something that happened to the conversation, said by nobody.
  addNote(text) {
    const line = document.createElement('div');
    line.className = 'note';
    line.textContent = text;
    line.dir = 'auto';
    this.#add(line);
  }

  static mark(line, isOwn) {
    line.className = isOwn ? 'right' : 'left';
    const name = document.createElement('bdi');  // keeps a right-to-left name from moving the colon
    name.textContent = isOwn ? 'You' : line.dataset.username;
    line.querySelector('.who').replaceChildren(name, ':');
  }

  follow() {
    this.#nothingUnseen();
    this.#scrollToEnd();
  }

  clear() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#waiting = [];
    this.#list.replaceChildren();
    this.follow();
  }

  #add(line) {
    this.#waiting.push(line);
    if (this.#waiting.length > ChatLog.KEPT) this.#waiting.shift();
    // A timer, not requestAnimationFrame: that stands still in a tab that nobody looks at.
    this.#timer ??= setTimeout(() => this.#flush(), ChatLog.#BATCH_MS);
  }

  #flush() {
    this.#timer = null;
    this.#list.append(...this.#waiting);
    this.#waiting = [];
    this.#dropOldest();
    if (this.#following) {
      this.follow();
    } else {
      this.#newestButton.textContent = `${this.#unseen} new ${this.#unseen === 1 ? 'message' : 'messages'} ↓`;
      this.#newestButton.hidden = this.#unseen === 0;
    }
  }

  // What the reader looks at must not move when lines above it go.
  #dropOldest() {
    const surplus = this.#list.childElementCount - ChatLog.KEPT;
    if (surplus <= 0) return;
    const top = () => this.#list.lastElementChild.getBoundingClientRect().top;
    const before = top();
    for (const line of [...this.#list.children].slice(0, surplus)) line.remove();
    this.#list.scrollTop -= before - top();
    this.#lastTop = this.#list.scrollTop;
  }

  #scrollToEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#lastTop = this.#list.scrollTop;
  }

  // Only a move up is the reader's wish to stay: the end also gets further away when the box shrinks.
  #onScroll() {
    const { scrollTop, scrollHeight, clientHeight } = this.#list;
    if (scrollHeight - scrollTop - clientHeight < ChatLog.#AT_END_PX) this.#nothingUnseen();
    else if (scrollTop < this.#lastTop) this.#following = false;
    this.#lastTop = scrollTop;
  }

  #nothingUnseen() {
    this.#following = true;
    this.#unseen = 0;
    this.#newestButton.hidden = true;
  }

  static #span(className, text) {
    const span = document.createElement('span');
    span.className = className;
    span.dir = 'auto';
    span.textContent = text;
    return span;
  }
}
