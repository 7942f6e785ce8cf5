/* A frame in another site. It keeps no cookie and no storage: its token comes by a MessagePort from the page that
   shows it (assets/embed-host.js), goes out as a header with every request, and is renewed without a reload.
   Runs in the head, before dash-renderer, whose requests go through the fetch that is wrapped here. */
(function () {
  'use strict';
  var RENEW_AT = 0.8;         // of a token's life
  var ASK_AGAIN_MS = 1000;
  var GIVE_UP_MS = 10000;
  var LOOK_MS = 2000;         // how often a visible frame asks whether the figures have changed
  var root = document.documentElement;
  var plain = window.fetch;
  var query = new URLSearchParams(window.location.search);
  var key = query.get('k');
  var view = window.location.pathname.split('/').pop();
  var chosen = '';
  var port = null, host = null, token = null, claims = null;
  var waiting = [], renewal = 0, version = null, drawn = false, ended = false, height = 0;
  var learned = { en: null }, language = 'en', spoken = Promise.resolve(), notices = 0;
  query.delete('k');
  query.delete('preview');

  function named(name) {
    var meta = document.querySelector('meta[name="fd-' + name + '"]');
    return meta ? meta.content : '';
  }

  /* dcc.Graph loads Plotly from this address; Dash sets its own bundle here later. */
  Object.defineProperty(window, '_dashPlotlyJSURL', { get: function () { return named('plotly'); }, set: function () {} });

  function tell(type, more) {
    if (port) { port.postMessage(Object.assign({ type: type }, more)); }
  }

  // Words

  /* Marks a message for the catalogues. It is translated when it is shown: the language comes with the token. */
  function t(text) { return text; }

  function use(name) { language = name; window.fdWords = learned[name] || undefined; }

  /* Speak the language of a locale, as far as it is spoken here: until a token names one, that of the browser. */
  function speak(locale) {
    var name = String(locale).slice(0, 2).toLowerCase();
    var address = named('words').split(' ').filter(function (each) { return each.indexOf(name + '=') === 0; })[0];
    if (name in learned || !address) { use(name); return; }
    language = name;
    spoken = new Promise(function (done) {
      var script = document.createElement('script');
      script.src = address.slice(name.length + 1);
      script.onload = function () { learned[name] = window.fdWords; use(language); done(); };
      script.onerror = done;
      document.head.append(script);
    });
  }

  speak(navigator.language);

  // The look

  var DARK = window.matchMedia('(prefers-color-scheme: dark)');
  var NARROW = window.matchMedia('(max-width: 640px)');
  var theme = 'auto';

  function screen() { return { scheme: root.getAttribute('data-mantine-color-scheme'), narrow: NARROW.matches }; }

  function wear() {
    var dark = theme === 'dark' || (theme === 'auto' && DARK.matches);
    root.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
    if (drawn) { set('theme', { data: screen() }); }
  }

  function set(id, props) { window.dash_clientside.set_props(id, props); }

  wear();
  DARK.addEventListener('change', wear);
  NARROW.addEventListener('change', wear);

  // What is said instead of figures

  /* `words` and `again` are messages, or what the server said. */
  function notice(words, again) {
    var mine = notices += 1;
    spoken.then(function () { if (mine === notices) { write(window.fd.t(words), again && window.fd.t(again)); } });
  }

  function write(words, again) {
    hideNotice();
    var box = document.createElement('div');
    box.id = 'embed-notice';
    box.className = 'embed-notice';
    box.setAttribute('role', 'alert');
    var text = document.createElement('p');
    text.textContent = words;
    box.append(text);
    if (again) {
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'button';
      button.textContent = again;
      button.addEventListener('click', function () { hideNotice(); choose(''); });
      box.append(button);
    }
    document.body.append(box);
    measure();
  }

  function hideNotice() {
    notices += 1;
    var box = document.getElementById('embed-notice');
    if (box) { box.remove(); }
  }

  /* No valid token is to be had: the figures go, until the host sends another one. */
  function end(words) {
    token = null;
    claims = null;
    clearTimeout(renewal);
    if (ended) { return; }
    ended = true;
    root.classList.add('embed-ended');
    if (drawn) { set('embed-content', { children: null }); }
    notice(words);
    tell('expired', { detail: words });
  }

  // The token

  function part(text, index) {
    var body = text.split('.')[index].replace(/-/g, '+').replace(/_/g, '/');
    return JSON.parse(decodeURIComponent(escape(atob(body))));
  }

  function read(text) {
    try {
      var found = part(text, 1);
      if (part(text, 0).kid !== key) { return t('The token belongs to another key than this frame.'); }
      if (found.view !== view) { return t('The token is for another view than this frame.'); }
      if ((found.origins || []).length && found.origins.indexOf(host) < 0 && host !== window.location.origin) {
        return t('The token is not for the site that shows this frame.');
      }
      claims = found;
      return '';
    } catch (error) {
      return t('The page sent something that is not a token.');
    }
  }

  function accept(text) {
    var wrong = typeof text === 'string' && text ? read(text) : t('These figures cannot be shown at the moment.');
    if (wrong) {
      if (!token) { settle(null); end(wrong); }
      return;
    }
    token = text;
    clearTimeout(renewal);
    renewal = setTimeout(function () { tell('token', { reason: 'renew' }); }, (claims.exp - claims.iat) * 1000 * RENEW_AT);
    theme = (claims.ui && claims.ui.theme) || 'auto';
    if (claims.ui && claims.ui.locale) { root.lang = claims.ui.locale; speak(root.lang); }
    wear();
    settle(token);
    if (ended) { resume(); }
  }

  function resume() {
    ended = false;
    root.classList.remove('embed-ended');
    hideNotice();
    if (drawn) { set('embed-version', { data: Date.now() }); } else { window.location.reload(); }
  }

  function settle(value) {
    var list = waiting;
    waiting = [];
    list.forEach(function (done) { done(value); });
  }

  /* A token to use: the one there is, else the next one from the host; null when none comes. */
  function next(reason) {
    if (token) { return Promise.resolve(token); }
    if (ended) { return Promise.resolve(null); }
    return new Promise(function (done) {
      var began = Date.now();
      waiting.push(function (value) { clearInterval(asking); done(value); });
      tell('token', { reason: reason });
      var asking = setInterval(function () {
        if (Date.now() - began < GIVE_UP_MS) { tell('token', { reason: reason }); return; }
        settle(null);
        end(port ? t('The page that shows these figures does not answer.') : outside());
      }, ASK_AGAIN_MS);
    });
  }

  function outside() {
    return window.parent === window ? t('This view is made to stand in another page.')
      : t('The page around this frame has not called for it.');
  }

  // Requests

  function ours(url) { return url.origin === window.location.origin && url.pathname.indexOf('/embed/_') === 0; }

  function send(input, init, value) {
    var headers = new Headers((init && init.headers) || {});
    headers.set('Authorization', 'Bearer ' + value);
    headers.set('X-Embed-Key', key);
    headers.set('X-Embed-View', view);
    if (host && host !== window.location.origin) { headers.set('X-Embed-Host', host); }
    return plain.call(window, input, Object.assign({}, init, { credentials: 'omit', headers: headers }));
  }

  function nothing() {
    return new Response('{}', { status: 401, headers: { 'Content-Type': 'application/json' } });
  }

  window.fetch = function (input, init) {
    var url = new URL(typeof input === 'string' ? input : input.url || String(input), window.location.href);
    if (!ours(url)) { return plain.call(window, input, Object.assign({}, init, { credentials: 'omit' })); }
    return next('start').then(function (value) {
      if (!value) { return nothing(); }
      return send(input, init, value).then(function (answer) {
        if (answer.status !== 401) { return answer; }
        if (token === value) { token = null; }
        return next('refused').then(function (other) {
          return other ? send(input, init, other) : answer;
        });
      });
    }).then(function (answer) { return noted(url, answer); });
  };

  function noted(url, answer) {
    if (answer.status === 401) { end(t('These figures are not available any more.')); return answer; }
    if (url.pathname !== '/embed/_dash-update-component') { return answer; }
    if (answer.ok) {
      if (!drawn) { drawn = true; tell('ready'); wear(); }
      hideNotice();
    } else {
      answer.clone().json().then(function (problem) {
        notice(problem.detail || t('The figures could not be fetched.'), chosen ? t('Show all') : t('Try again'));
      }, function () { notice(t('The figures could not be fetched.'), t('Try again')); });
    }
    return answer;
  }

  setInterval(function () {
    if (document.visibilityState !== 'visible' || !drawn || !token) { return; }
    window.fetch('/embed/_version').then(function (answer) { return answer.ok ? answer.json() : null; }).then(function (now) {
      if (!now) { return; }
      if (version !== null && now.version !== version) { set('embed-version', { data: now.version }); }
      version = now.version;
    }).catch(function () { /* the next look will tell */ });
  }, LOOK_MS);

  // What the viewer does

  function may(name) {
    var allow = (claims && claims.allow) || {};
    return (allow.filters || []).indexOf(name) >= 0 || (allow.drill && (name === 'account_id' || name === 'category_id'));
  }

  function choose(text) {
    chosen = text;
    set('embed-query', { data: text === '' ? null : text });
    tell('filter', { query: text });
  }

  function drill(mark) {
    var name = mark.hasAttribute('data-account') ? 'account_id' : 'category_id';
    var id = mark.getAttribute('data-account') || mark.getAttribute('data-category');
    if (!id || !may(name)) { return; }
    var pairs = new URLSearchParams(chosen);
    pairs.delete(name);
    pairs.append(name, id);
    tell('drill', { parameter: name, id: id });
    choose(pairs.toString());
  }

  function download() {
    window.fetch('/embed/_export?' + chosen).then(function (answer) {
      if (!answer.ok) { throw new Error('refused'); }
      return answer.blob();
    }).then(function (file) {
      var link = document.createElement('a');
      link.href = URL.createObjectURL(file);
      link.download = view + '.csv';
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
    }).catch(function () { notice(t('The file could not be fetched.'), t('Show all')); });
  }

  function press(event) {
    var button = event.target.closest('[data-query]');
    if (button) { choose(button.getAttribute('data-query')); }
    if (event.target.closest('[data-export]')) { download(); }
    var mark = event.target.closest('.drill');
    if (mark) { drill(mark); }
    document.querySelectorAll('details.menu[open]').forEach(function (menu) {
      if (!menu.contains(event.target) || button) { menu.removeAttribute('open'); }
    });
  }

  document.addEventListener('click', press);
  document.addEventListener('keydown', function (event) {
    if ((event.key === 'Enter' || event.key === ' ') && event.target.classList.contains('drill')) {
      event.preventDefault();
      drill(event.target);
    }
  });

  /* What may be clicked is a button to the keyboard and to screen readers too. */
  function mark() {
    document.querySelectorAll('.drill[data-account]:not([role]), .drill[data-category]:not([role])').forEach(function (each) {
      if (may(each.hasAttribute('data-account') ? 'account_id' : 'category_id')) {
        each.setAttribute('role', 'button');
        each.tabIndex = 0;
      }
    });
  }

  function measure() {
    var now = Math.ceil(document.body.getBoundingClientRect().height);
    if (now !== height) { height = now; tell('height', { height: now }); }
  }

  document.addEventListener('DOMContentLoaded', function () {
    new ResizeObserver(measure).observe(document.body);
    new MutationObserver(mark).observe(document.body, { childList: true, subtree: true });
    if (window.parent === window) { notice(outside()); }
  });

  // The page around

  function fromHost(event) {
    var said = event.data || {};
    if (said.type === 'token') { accept(said.token); }
    if (said.type === 'theme' && /^(light|dark|auto)$/.test(said.theme)) { theme = said.theme; wear(); }
    if (said.type === 'filter' && typeof said.query === 'string' && drawn) { choose(said.query.replace(/^\?/, '')); }
  }

  window.addEventListener('message', function (event) {
    var allowed = named('origins').split(' ').indexOf(event.origin) >= 0 || event.origin === window.location.origin;
    if (event.source !== window.parent || !allowed || port || !event.data || event.data.type !== 'fd:port') { return; }
    host = event.origin;
    port = event.ports[0];
    port.onmessage = fromHost;
    tell('token', { reason: 'start' });
    tell('height', { height: height });
  });

  function call() {
    if (port || window.parent === window) { return; }
    window.parent.postMessage({ type: 'fd:ready', version: 1 }, '*');  // says nothing but that a frame is here
    setTimeout(call, 500);
  }
  call();

  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.fd = Object.assign({}, window.dash_clientside.fd, {
    startQuery: function () { chosen = query.toString(); return chosen || null; }
  });
})();
