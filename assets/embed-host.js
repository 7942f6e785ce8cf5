/* Shows financial figures in your page. Protocol: docs/embedding.md. Types: embed-host.d.ts. */
(() => {
  'use strict';
  const mount = (place, options) => {
    const frame = document.createElement('iframe');
    const origin = new URL(options.url).origin;
    let port;
    const send = (message) => port && port.postMessage(message);
    const give = (token) => send({ type: 'token', token });
    const hear = ({ data }) => {
      if (data.type === 'token') {
        Promise.resolve(data.reason).then(options.token).then(give, () => give(null));
        return;
      }
      if (data.type === 'height' && data.height) { frame.style.height = data.height + 'px'; }
      if (options.on) { options.on(data.type, data); }
    };
    const meet = (event) => {
      if (event.source !== frame.contentWindow || event.origin !== origin || event.data?.type !== 'fd:ready') { return; }
      const channel = new MessageChannel();
      port = channel.port1;
      port.onmessage = hear;
      event.source.postMessage({ type: 'fd:port' }, origin, [channel.port2]);
    };
    addEventListener('message', meet);
    frame.src = options.url;
    frame.title = options.title || 'Financial figures';
    frame.style.cssText = 'display:block;width:100%;height:320px;border:0';
    frame.sandbox = 'allow-scripts allow-same-origin allow-downloads';
    (place.append ? place : document.querySelector(place)).append(frame);
    return {
      frame,
      token: give,
      theme: (theme) => send({ type: 'theme', theme }),
      filter: (query) => send({ type: 'filter', query }),
      remove: () => { removeEventListener('message', meet); frame.remove(); }
    };
  };
  window.FinancialEmbed = { mount };
  const fetched = async (url) => {
    const answer = await fetch(url, { method: 'POST' });
    if (!answer.ok) { throw answer; }
    return answer.text();
  };
  document.querySelectorAll('[data-fd-embed]').forEach((place) => {
    mount(place, { url: place.dataset.fdEmbed, token: () => fetched(place.dataset.fdToken) });
  });
})();
