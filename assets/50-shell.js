/* The frame's own behaviour: theme, privacy mode, the range picker's way into the address, menus that close. */
(function () {
  'use strict';
  var root = document.documentElement;
  var NARROW = window.matchMedia('(max-width: 640px)');
  var DARK = window.matchMedia('(prefers-color-scheme: dark)');
  var SCHEME = 'data-mantine-color-scheme';

  function screen() { return { scheme: root.getAttribute(SCHEME), narrow: NARROW.matches }; }

  function remember(key, value) {
    try { localStorage.setItem(key, value); } catch (error) { /* refused: it holds for this page only */ }
  }

  function remembered(key) {
    try { return localStorage.getItem(key); } catch (error) { return null; }
  }

  function press(id, on) {
    var button = document.getElementById(id);
    if (button) { button.setAttribute('aria-pressed', on ? 'true' : 'false'); }
  }

  /* The page that is open, told to screen readers and to the eye. */
  function markPage() {
    document.querySelectorAll('.rail nav a').forEach(function (link) {
      var here = new URL(link.href).pathname === window.location.pathname;
      if (here) { link.setAttribute('aria-current', 'page'); } else { link.removeAttribute('aria-current'); }
    });
    var more = document.getElementById('shell-more-button');
    if (more) { more.classList.toggle('is-here', Boolean(document.querySelector('#shell-more a[aria-current]'))); }
  }

  /* On a phone, what has no place in the bar. */
  function openMore(open) {
    var button = document.getElementById('shell-more-button'), sheet = document.getElementById('shell-more');
    if (!button || !sheet) { return; }
    button.setAttribute('aria-expanded', open ? 'true' : 'false');
    sheet.classList.toggle('is-open', open);
  }

  document.addEventListener('click', function (event) {
    var button = event.target.closest('#shell-more-button');
    if (button) { openMore(button.getAttribute('aria-expanded') !== 'true'); return; }
    if (!event.target.closest('#shell-more') || event.target.closest('a')) { openMore(false); }
  });
  document.addEventListener('keydown', function (event) {
    var button = document.getElementById('shell-more-button');
    if (event.key !== 'Escape' || !button || button.getAttribute('aria-expanded') !== 'true') { return; }
    if (document.querySelector('details.menu[open]')) { return; }
    openMore(false);
    button.focus();
  });

  window.addEventListener('popstate', markPage);
  window.addEventListener('_dashprivate_pushstate', markPage);

  function switchTheme(clicks) {
    if (clicks) {
      var next = root.getAttribute(SCHEME) === 'dark' ? 'light' : 'dark';
      root.setAttribute(SCHEME, next);
      remember('mantine-color-scheme-value', next);
    }
    press('theme-toggle', root.getAttribute(SCHEME) === 'dark');
    markPage();
    return screen();
  }

  function switchPrivacy(clicks) {
    if (clicks) {
      var next = root.getAttribute('data-privacy') === 'on' ? 'off' : 'on';
      root.setAttribute('data-privacy', next);
      remember('fd-privacy', next);
    }
    press('privacy-toggle', root.getAttribute('data-privacy') === 'on');
    return root.getAttribute('data-privacy');
  }

  /* A range that a person picked becomes the address; one that an answer set is already there. */
  function openRange(range, shown) {
    if (!range || !range[0] || !range[1]) { return; }
    if (shown && shown[0] === range[0] && shown[1] === range[1]) { return; }
    var query = new URLSearchParams(window.location.search);
    query.delete('period');
    query.set('from', range[0]);
    query.set('to', range[1]);
    window.dash_clientside.set_props('url', { search: '?' + query.toString() });
  }

  function repaint() { window.dash_clientside.set_props('theme', { data: screen() }); }

  NARROW.addEventListener('change', repaint);
  DARK.addEventListener('change', function (event) {
    if (remembered('mantine-color-scheme-value')) { return; }
    root.setAttribute(SCHEME, event.matches ? 'dark' : 'light');
    press('theme-toggle', event.matches);
    repaint();
  });

  /* Requests prove that they are ours with the token of the readable cookie, as Dash's do; '' for nobody. */
  function csrf() {
    var cookie = /(?:^|; )(?:__Host-)?fd_csrf=([^;]*)/.exec(document.cookie);
    return cookie ? decodeURIComponent(cookie[1]) : '';
  }

  window.fd.csrf = csrf;

  document.addEventListener('submit', function (event) {
    var form = event.target, token = csrf();
    if (!token || form.method !== 'post' || form.elements.csrf_token) { return; }
    var field = document.createElement('input');
    field.type = 'hidden';
    field.name = 'csrf_token';
    field.value = token;
    form.append(field);
  });

  function closeMenus(except) {
    document.querySelectorAll('details.menu[open]').forEach(function (menu) {
      if (menu !== except) { menu.removeAttribute('open'); }
    });
  }

  document.addEventListener('click', function (event) {
    closeMenus(event.target.closest('a') ? null : event.target.closest('details.menu'));
  });
  document.addEventListener('keydown', function (event) {
    if (event.key !== 'Escape') { return; }
    var open = document.querySelector('details.menu[open]');
    if (open) { open.querySelector('summary').focus(); }
    closeMenus(null);
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.fd = Object.assign({}, window.dash_clientside.fd, {
    switchTheme: switchTheme, switchPrivacy: switchPrivacy, openRange: openRange
  });
})();
