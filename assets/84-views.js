/* Saved views: the page that is open, with its filters, kept under a name. In the sheet of the rail and in the palette. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, P = window.fdPalette, el = fd.el, t = window.fd.t;
  var PATH = '/financial/views';

  function list() {
    return L.api('GET', PATH + '?limit=1000').then(function (found) {
      return found.body.data.sort(function (a, b) { return a.name.localeCompare(b.name); });
    });
  }

  function address(view) { return view.path + (view.query ? '?' + view.query : ''); }

  /* The page that is open, in the form the API takes. */
  function here() {
    return { path: window.location.pathname, query: new URLSearchParams(window.location.search).toString() };
  }

  function title() { var heading = document.querySelector('main h1'); return heading ? heading.textContent : ''; }

  /* Asks for a name; `act` stores it. What is wrong with it stands below the field. */
  function named(heading, words, value, act) {
    var box = L.dialog('window', heading, 'view'), input = el('input', { type: 'text', className: 'ledger-input', value: value, maxLength: 100, autocomplete: 'off' });
    var field = L.field(t('Name'), input), save = el('button', { type: 'submit', className: 'button button-primary' }, words);
    var form = el('form', { id: 'view-form', noValidate: true }, field);
    save.setAttribute('form', form.id);
    form.addEventListener('submit', function (event) {
      event.preventDefault();
      if (save.disabled) { return; }
      L.wrong(field, input.value.trim() ? '' : t('Give it a name'));
      if (!input.value.trim()) { input.focus(); return; }
      save.disabled = true;
      act(input.value.trim()).then(function (said) { box.close(); L.toast(said); }, function (fault) {
        save.disabled = false;
        L.wrong(field, fault.code === 'name_taken' ? t('Another of your views has this name') : fault.errors.length ? fault.errors[0].message : fault.detail);
        input.focus();
      });
    });
    box.body.append(form);
    box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), save);
    input.focus();
    input.select();
  }

  function saveHere() {
    var now = here();
    named(t('Save this view'), t('Save'), title(), function (name) {
      return L.api('POST', PATH, { name: name, path: now.path, query: now.query }).then(function () { return t('Saved as \u201c{name}\u201d.', { name: name }); });
    });
  }

  function rename(view) {
    named(t('Rename view'), t('Rename'), view.name, function (name) {
      return L.api('PATCH', PATH + '/' + view.id, { name: name }).then(function () { return t('It is called \u201c{name}\u201d now.', { name: name }); });
    });
  }

  function remove(view) {
    L.api('DELETE', PATH + '/' + view.id).then(function () {
      L.toast(t('\u201c{name}\u201d is deleted.', { name: view.name }), function () {
        return L.api('POST', PATH, { name: view.name, path: view.path, query: view.query }).then(function () { return t('It is back.'); });
      });
    }, function (fault) { L.toast(fault.detail); });
  }

  /* ---- The sheet ---- */

  function close() {
    var menu = document.querySelector('#shell-views') && document.querySelector('#shell-views').closest('details');
    if (menu) { menu.removeAttribute('open'); }
  }

  function row(view) {
    var link = el('a', { className: 'sheet-item', href: address(view) }, fd.icon('filter'), el('bdi', {}, view.name));
    link.addEventListener('click', function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) { return; }
      event.preventDefault();
      close();
      P.go(address(view));
    });
    return el('li', { className: 'views-row' }, link,
      fd.button(fd.icon('pencil'), function () { close(); rename(view); }, { className: 'ledger-cross', 'aria-label': t('Rename {name}', { name: view.name }) }),
      fd.button(fd.icon('trash'), function () { close(); remove(view); }, { className: 'ledger-cross', 'aria-label': t('Delete {name}', { name: view.name }) }));
  }

  function fill(sheet) {
    var add = fd.button([fd.icon('plus'), t('Save this view')], function () { close(); saveHere(); }, { className: 'sheet-item' });
    sheet.replaceChildren(el('p', { className: 'sheet-title' }, t('Saved views')), add);
    list().then(function (views) {
      sheet.replaceChildren(el('p', { className: 'sheet-title' }, views.length ? t('Saved views') : t('Nothing saved yet: a view is a page with its filters.')), el('ul', {}, views.map(row)), add);
    }, function (fault) { sheet.firstChild.textContent = fault.detail; });
  }

  document.addEventListener('toggle', function (event) {
    var sheet = event.target.matches && event.target.matches('details.views') && event.target.open && event.target.querySelector('#shell-views');
    if (sheet) { fill(sheet); }
  }, true);

  P.sources.push(function () {
    return list().then(function (views) {
      return views.map(function (view) {
        return { group: t('Saved views'), one: t('Saved view'), text: view.name, icon: 'filter', run: function () { P.go(address(view)); } };
      }).concat([{ group: t('Saved views'), one: t('Saved view'), text: t('Save this view'), also: 'bookmark', icon: 'plus', run: saveHere }]);
    });
  });
})();
