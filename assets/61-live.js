/* Pages that follow their books: when something changed, the store `live` says so, and the callbacks draw again.

   One tab of a browser holds the event stream and tells the others of the same tenant (Web Locks, BroadcastChannel):
   over HTTP/1.1 a browser has six connections to a server, and a stream keeps one. Where there are no locks each tab
   that is seen has its own stream; where no stream can be had the version is asked for now and then. */
(function () {
  'use strict';
  if (window.location.pathname.indexOf('/embed/') === 0) { return; }
  var t = window.fd.t;
  var INFO = '/tenant/info';
  var STREAM = '/financial/stream?since=';
  var POLL_MS = 10000;      // while no stream can be had
  var AGAIN_MS = 30000;     // then a stream is tried once more
  var PATIENCE_MS = 5000;   // so long without a connection is nobody's business
  var PAUSE_MS = 300;       // between two redraws
  var CALM_MS = 1500;       // a redraw of this kind does not dim what it replaces
  var root = document.documentElement;
  var tenant = null;        // whose books this page shows
  var known = 0;            // the newest version that was heard of
  var waiting = null;       // news that the page has not been told yet
  var timer = null;
  var calm = null;
  var lost = null;
  var source = null;
  var poll = null;
  var tag = null;
  var channel = null;

  function ready() {
    return window.dash_clientside && window.dash_clientside.set_props && document.querySelector('.rail');
  }

  /* The page is told: at once, but not more often than it can draw, and not while nobody sees it or while nothing
     could be fetched (an open stream may outlive the network that the redraw would need). */
  function show() {
    timer = null;
    if (!waiting || document.hidden || !navigator.onLine) { return; }
    if (!ready()) { timer = window.setTimeout(show, 100); return; }
    var news = waiting;
    waiting = null;
    root.setAttribute('data-live', '');
    window.clearTimeout(calm);
    calm = window.setTimeout(function () { root.removeAttribute('data-live'); }, CALM_MS);
    window.dash_clientside.set_props('live', { data: news });
    timer = window.setTimeout(show, PAUSE_MS);
  }

  function hear(news) {
    if (news.version === known && !news.kinds.length) { return; }
    known = news.version;
    var kinds = waiting ? waiting.kinds.concat(news.kinds) : news.kinds;
    waiting = { version: news.version, kinds: Array.from(new Set(kinds)) };
    if (!timer) { show(); }
  }

  function tell(message) {
    if (channel) { channel.postMessage(message); }
    take(message);
  }

  function take(message) {
    if (message.kinds) { hear(message); }
    if (message.state) { say(message.state === 'lost'); }
  }

  /* A hint when the connection is gone for a while; figures stay, and are brought up to date afterwards. */
  function say(gone) {
    var bar = document.getElementById('fd-live');
    if (!gone) {
      window.clearTimeout(lost);
      lost = null;
      if (bar) { bar.remove(); }
    } else if (!lost && !bar) {
      lost = window.setTimeout(hint, PATIENCE_MS);
    }
  }

  function hint() {
    lost = null;
    var bar = document.createElement('div');
    bar.id = 'fd-live';
    bar.className = 'live-hint';
    bar.setAttribute('role', 'status');
    bar.textContent = t('No connection: the figures are not updated just now.');
    document.body.append(bar);
  }

  function signIn() {
    var here = window.location.pathname + window.location.search;
    window.location.assign('/sign-in?next=' + encodeURIComponent(here));
  }

  /* Whose books the cookie opens, and their version; null when that did not change, or cannot be had. */
  function ask() {
    var headers = tag ? { 'If-None-Match': tag } : {};
    return window.fetch(INFO, { headers: headers, cache: 'no-store' }).then(function (answer) {
      if (answer.status === 401) { signIn(); throw new Error('signed out'); }
      if (answer.status !== 200) {
        if (answer.status !== 304) { throw new Error('status ' + answer.status); }
        return null;
      }
      tag = answer.headers.get('ETag');
      return answer.json();
    });
  }

  /* Another tenant was opened in another tab: this page's cookie is not its own any more. */
  function moved(info) {
    if (!info || info.key === tenant) { return false; }
    window.location.reload();
    return true;
  }

  /* Asks for the version; true when there was an answer about these books. */
  function look() {
    return ask().then(function (info) {
      if (moved(info)) { return false; }
      if (info && info.version !== known) { tell({ version: info.version, kinds: ['*'] }); }
      tell({ state: 'here' });
      return true;
    }, function () { tell({ state: 'lost' }); return false; });
  }

  function fallBack() {
    source.close();
    source = null;
    look();
    poll = window.setInterval(function () { if (!document.hidden) { look(); } }, POLL_MS);
    window.setTimeout(function () {
      window.clearInterval(poll);
      poll = null;
      follow();
    }, AGAIN_MS);
  }

  function follow() {
    if (source || poll) { return; }
    source = new window.EventSource(STREAM + known);
    var opened = 0;
    source.addEventListener('open', function () {
      tell({ state: 'here' });
      // After a pause somebody else may be signed in, or the books another's.
      if (opened) { ask().then(moved, function () { /* the stream itself says so */ }); }
      opened += 1;
    });
    source.addEventListener('change', function (event) { tell(JSON.parse(event.data)); });
    source.addEventListener('error', function () {
      if (source.readyState === window.EventSource.CLOSED) { fallBack(); } else { tell({ state: 'lost' }); }
    });
  }

  function stop() {
    if (source) { source.close(); }
    source = null;
  }

  function share() {
    channel = new window.BroadcastChannel('fd-live-' + tenant);
    channel.addEventListener('message', function (event) { take(event.data); });
    navigator.locks.request('fd-live-' + tenant, function () {
      follow();
      return new Promise(function () { /* held until this tab is closed */ });
    });
  }

  function alone() {
    document.addEventListener('visibilitychange', function () {
      if (document.hidden) { stop(); } else if (!poll) { follow(); }
    });
    if (!document.hidden) { follow(); }
  }

  document.addEventListener('visibilitychange', function () { if (!document.hidden && !timer) { show(); } });
  window.addEventListener('offline', function () { say(true); });
  // What was asked for while the connection went away may have been lost: everything is drawn once more.
  window.addEventListener('online', function () {
    if (!tenant) { return; }
    look().then(function (here) { if (here) { hear({ version: known, kinds: ['*'] }); } });
  });
  ask().then(function (info) {
    tenant = info.key;
    known = info.version;
    if (navigator.locks && window.BroadcastChannel) { share(); } else { alone(); }
  }).catch(function () { /* signed out, or the server is away: the page says so itself */ });
})();
