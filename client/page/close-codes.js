// CloseCodes puts into words why a WebSocket connection ended (RFC 6455, section 7.4, and its registry).
'use strict';

const CloseCodes = (() => {
  const WORDS = {
    1000: 'the server closed it in the normal way',
    1001: 'the server is shutting down',
    1002: 'the server saw a protocol error',
    1003: 'the server does not take this kind of data',
    1005: 'the server closed it without saying why',
    1006: 'it broke off without a word',
    1007: 'the server got text that is not valid UTF-8',
    1008: 'it was against the rules of the server',
    1009: 'a message was too big for the server',
    1010: 'the server lacks an extension',
    1011: 'the server ran into an error',
    1012: 'the server is restarting',
    1013: 'the server is too busy',
    1014: 'a gateway before the server got no good answer',
    1015: 'the encrypted connection could not be set up',
  };

  // The reason is the server's own text, shown as it came. A browser tells a page nothing about why a
  // connection could not be opened, lest the page explore the network: it is always 1006.
  function inWords({ code, reason, wasOpen }) {
    const words = code === 1006 && !wasOpen ? 'no WebSocket server answered'
      : WORDS[code] ?? 'the server closed it for a reason of its own';
    return reason ? `${words} (${code}: ${reason})` : `${words} (${code})`;
  }

  return { inWords };
})();
