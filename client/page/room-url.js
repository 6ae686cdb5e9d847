// RoomUrl turns what somebody typed or pasted into the WebSocket URL of a chatroom, or says in words
// why that can't be. It is pure: it knows no network, and the page only as a parameter.
'use strict';

const RoomUrl = (() => {
  const WEBSOCKET_SCHEME = { ws: 'ws', wss: 'wss', http: 'ws', https: 'wss' };

  // -> { url } or { problem }
  function parse(typed) {
    const text = typed.trim().replace(/^["'<]+|["'>]+$/g, '');  // quotes and <> come along when one copies
    if (text === '') return { problem: 'Type the address of a chat server, for example ws://localhost:8081.' };

    const [, scheme, rest] = /^(wss?|https?):\/*(.*)$/i.exec(text) ?? [];
    if (scheme) return build(WEBSOCKET_SCHEME[scheme.toLowerCase()], rest, typed);

    const [, otherScheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
    if (otherScheme) {
      return { problem: `A chat server's address begins with ws:// or wss://, not with ${otherScheme}://.` };
    }

    const [, port] = /^:?(\d{1,5})$/.exec(text) ?? [];
    if (port) return build('ws', `localhost:${port}`, typed);

    const host = text.replace(/^\/+/, '');
    return build(isUsuallyUnencrypted(host) ? 'ws' : 'wss', host, typed);
  }

  function build(scheme, rest, typed) {
    const url = toUrl(`${scheme}://${rest}`);
    if (url === null) return { problem: `“${typed.trim()}” is not an address. It should look like ws://localhost:8081.` };
    url.hash = '';  // never sent to a server; older browsers refuse a WebSocket URL that has one
    return { url: url.pathname === '/' && url.search === '' ? url.href.replace(/\/$/, '') : url.href };
  }

  function toUrl(text) {
    if (/[\s"<>]/.test(text)) return null;  // some browsers would make a host of it
    try {
      return new URL(text);
    } catch {
      return null;
    }
  }

  // A host without a scheme: tunnels and hosting services have names with dots and speak wss:// on the
  // usual port. One's own and one's neighbours' servers are an IP address, a bare name, or have a port.
  function isUsuallyUnencrypted(text) {
    const authority = text.split(/[/?#]/)[0];
    const [, host, port] = /^(.*?)(?::(\d+))?$/.exec(authority);
    const isIp = host.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
    return isIp || !host.includes('.') || host.endsWith('.local') || (port !== undefined && port !== '443');
  }

  // A page that came over https may open encrypted connections only, except to its own computer: "mixed
  // content". The browser would only say that something failed. -> '' or the reason, with a way out.
  function mixedContentProblem(url, pageProtocol) {
    const { protocol, hostname, host, pathname, search } = new URL(url);
    if (pageProtocol !== 'https:' || protocol !== 'ws:' || isThisComputer(hostname)) return '';
    const encrypted = parse(`wss://${host}${pathname}${search}`).url;
    return 'This page came over https://, and a browser lets such a page talk to encrypted servers only ' +
      `(wss://). Try ${encrypted} if the server has it: a tunnel such as ngrok gives it one. ` +
      'Or open this page from disk or over http://.';
  }

  function isThisComputer(hostname) {
    return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  }

  // The chatroom of the server that this page came from, or null when it was opened from disk.
  function ofPage(location) {
    if (!/^https?:$/.test(location.protocol)) return null;
    return parse(new URL('.', location.href).href.replace(/\?.*/, '')).url;
  }

  return { parse, mixedContentProblem, ofPage };
})();
