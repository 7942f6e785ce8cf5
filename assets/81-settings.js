/* The settings page's pieces: forms whose errors stand beside their fields, questions before what is hard to take back,
   secrets that are shown once. The sections themselves are in 82-settings-sections.js. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, el = fd.el, told = fd.told, t = window.fd.t;
  var S = window.fdSettings = { context: null, sections: [] };
  var RANK = S.RANK = { viewer: 0, editor: 1, admin: 2, owner: 3 };
  var OTHERS = ['transaction', 'import', 'alert'];   // changes that no section shows
  var LATER = 'fd-said';   // what to say once the page is there again

  function is(role) { return RANK[S.context.role] >= RANK[role]; }

  function say(words) {
    var place = document.getElementById('settings-said');
    if (place) { place.textContent = words; }
    L.toast(words);
  }

  /* ---- Fields ---- */

  function text(value, options) { return el('input', Object.assign({ type: 'text', className: 'ledger-input', value: value || '', autocomplete: 'off' }, options)); }

  function choice(options, value, more) {
    var node = el('select', Object.assign({ className: 'ledger-input' }, more), options.map(function (each) { return el('option', { value: each[0] }, each[1]); }));
    if (value !== undefined && !options.some(function (each) { return each[0] === value; })) { node.append(el('option', { value: value }, value)); }
    if (value !== undefined) { node.value = value; }
    return node;
  }

  function tick(words, checked, options) {
    var box = el('input', Object.assign({ type: 'checkbox', checked: Boolean(checked) }, options));
    var line = el('label', { className: 'ledger-tick' }, box, el('span', {}, words));
    line.box = box;
    return line;
  }

  /* A form of `fields` (name -> box of L.field). `act` does what it says and gives a promise; what the API refuses stands
     beside the field it names, what was typed stays. */
  function form(fields, words, act, options) {
    var given = options || {}, alert = el('p', { className: 'settings-wrong', role: 'alert' });
    var button = el('button', { type: 'submit', className: 'button ' + (given.look === undefined ? 'button-primary' : given.look) }, words);
    var boxes = Object.keys(fields).map(function (name) { return fields[name]; });
    var node = el('form', { className: 'settings-form', noValidate: true }, boxes, given.extra, alert, el('div', { className: 'settings-row' }, button, given.beside));
    function show(fault) {
      var rest = [];
      fault.errors.forEach(function (each) {
        var box = fields[String(each.field).split('.')[0]];
        if (box && box.querySelector('.ledger-wrong')) { L.wrong(box, each.message); } else { rest.push([each.field, each.message].filter(Boolean).join(': ')); }
      });
      alert.textContent = fault.errors.length ? rest.join('; ') : fault.detail;
      var first = node.querySelector('[aria-invalid]');
      if (first) { first.focus(); }
    }
    node.addEventListener('submit', function (event) {
      event.preventDefault();
      if (button.disabled) { return; }
      alert.textContent = '';
      boxes.forEach(function (box) { if (box.querySelector && box.querySelector('.ledger-wrong')) { L.wrong(box, ''); } });
      button.disabled = true;
      Promise.resolve().then(act).then(null, show).then(function () { button.disabled = false; });
    });
    node.fault = show;
    return node;
  }

  /* A button that does one thing; what goes wrong is told in a message. */
  function does(words, act, options) {
    var node = fd.button(words, function () {
      node.disabled = true;
      Promise.resolve().then(act).then(null, function (fault) { L.toast(told(fault)); }).then(function () { node.disabled = false; });
    }, options);
    return node;
  }

  /* ---- Questions and secrets ---- */

  /* Resolves to whether the person means it. */
  function asks(title, words, yes, danger) {
    return new Promise(function (resolve) {
      var box = L.dialog('window', title, 'question'), sure = false;
      box.body.append.apply(box.body, [].concat(words).map(function (each) { return el('p', { className: 'settings-words' }, each); }));
      var button = fd.button(yes, function () { sure = true; box.close(); }, { className: 'button ' + (danger ? 'button-danger' : 'button-primary') });
      box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), button);
      box.addEventListener('close', function () { resolve(sure); });
      (danger ? box.foot.firstChild : button).focus();
    });
  }

  /* What is shown this once, with a button that copies it. */
  function reveal(title, words, secret) {
    var box = L.dialog('window', title, 'secret');
    var code = el('code', { className: 'settings-secret', tabIndex: 0 }, secret);
    box.body.append(el('p', { className: 'settings-words' }, words), code);
    box.foot.append(el('button', { type: 'button', className: 'button button-primary', 'data-copy': secret }, t('Copy')), fd.button(t('Done'), function () { box.close(); }));
    box.foot.firstChild.focus();
    return new Promise(function (resolve) { box.addEventListener('close', resolve); });
  }

  /* ---- Sections ---- */

  /* A panel with an anchor; `load` gives what is in it, or a promise of that. `S.again(name)` draws it anew. */
  function section(name, title, sentence, load) {
    var body = el('div', { className: 'settings-body' });
    var heading = el('h2', { id: 'settings-title-' + name, tabIndex: -1 }, title);
    var node = el('section', { className: 'panel', id: name, 'aria-labelledby': heading.id }, heading, el('p', { className: 'sentence' }, sentence), body);
    function draw(free) {   // with `free` only if nobody has begun to use it while it was fetched
      return Promise.resolve().then(load).then(function (parts) {
        if (free && !free(mine)) { return; }
        mine.typed = false;
        body.replaceChildren.apply(body, [].concat(parts).filter(Boolean));
      }, function (fault) {
        if (!fault.errors) { throw fault; }
        body.replaceChildren(fd.trouble(t('This could not be fetched'), fault), does(t('Try again'), function () { return draw(); }));
      });
    }
    node.addEventListener('input', function () { mine.typed = true; });
    var mine = { name: name, title: title, draw: draw, node: node, typed: false };
    S.sections.push(mine);
    return node;
  }

  function again() {
    var names = Array.prototype.slice.call(arguments);
    return Promise.all(S.sections.filter(function (each) { return names.indexOf(each.name) >= 0; }).map(function (each) { return each.draw(); }));
  }

  /* The page is asked for anew, because everything on it may be written another way now. */
  function reload(words) {
    try { sessionStorage.setItem(LATER, words); } catch (error) { /* refused: it is done all the same */ }
    window.location.reload();
  }

  function heard() {
    try {
      var words = sessionStorage.getItem(LATER);
      sessionStorage.removeItem(LATER);
      if (words) { say(words); }
    } catch (error) { /* refused */ }
  }

  function open(context) {
    var place = document.getElementById('settings-sections');
    if (!context || !place) { return null; }
    fd.locale = context.locale;
    S.context = context;
    S.sections = [];
    place.replaceChildren.apply(place, S.build());
    document.getElementById('settings-navigation').replaceChildren(el('nav', { 'aria-label': t('Sections') }, el('ul', {}, S.sections.map(function (each) {
      return el('li', {}, el('a', { href: '#' + each.name }, each.title));
    }))));
    Promise.all(S.sections.map(function (each) { return each.draw(); })).then(function () {
      document.getElementById('settings').setAttribute('data-drawn', '');
      var wanted = window.location.hash.slice(1) && document.getElementById(window.location.hash.slice(1));
      if (wanted && place.contains(wanted)) { wanted.scrollIntoView(); }
      heard();
    });
    return true;
  }

  function unused(each) { return !each.typed && !each.node.contains(document.activeElement) && !document.querySelector('dialog[open]'); }

  /* Something changed elsewhere (settings themselves are of no kind): what nobody is using just now is drawn again, the rest once it is left. */
  function follow(news) {
    var place = document.getElementById('settings-sections');
    if (!news || !S.context || !place || !place.firstChild) { return null; }
    if (news.kinds.length && news.kinds.every(function (kind) { return OTHERS.indexOf(kind) >= 0; })) { return null; }
    return Promise.all(S.sections.filter(unused).map(function (each) { return each.draw(unused); })).then(function () { return news.version; });
  }

  Object.assign(S, {
    is: is, say: say, told: told, text: text, choice: choice, tick: tick, form: form, does: does, asks: asks, reveal: reveal,
    section: section, again: again, reload: reload
  });
  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.fd = Object.assign({}, window.dash_clientside.fd, { openSettings: open, followSettings: follow });
})();
