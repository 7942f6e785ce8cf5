/* The categories page in the browser: changing the tree, tags; rules and learned categories have files of their own. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, el = fd.el, told = fd.told, t = window.fd.t, n = fd.n;
  var PATH = '/financial/categories';
  var KINDS = [['expense', t('Expenses')], ['income', t('Income')], ['saving', t('Savings')], ['transfer', t('Transfers between own accounts')]];
  var C = window.fdCategories = { context: null, parts: {} };

  function place(name) { return document.getElementById('categories-' + name); }
  function say(words) { if (place('said')) { place('said').textContent = words; } }

  function refresh() { L.changed('category'); }

  function choice(options, value, label) {
    var node = el('select', { className: 'ledger-input', 'aria-label': label }, options.map(function (each) { return el('option', { value: each[0] }, each[1]); }));
    node.value = value;
    return node;
  }

  function nameOf(id) {
    var found = C.context.categories.filter(function (each) { return each.id === id; })[0];
    return found ? found.name : t('a category that is gone');
  }

  /* All of a list's pages. */
  function all(path) {
    function more(cursor, found) {
      return L.api('GET', path + '?limit=1000' + (cursor ? '&cursor=' + encodeURIComponent(cursor) : '')).then(function (answer) {
        var rows = found.concat(answer.body.data);
        return answer.body.next_cursor ? more(answer.body.next_cursor, rows) : rows;
      });
    }
    return more(null, []);
  }

  /* What went wrong stands in the dialog; what was typed stays. */
  function refused(box, button, title) {
    return function (fault) {
      button.disabled = false;
      var old = box.body.querySelector('.import-trouble');
      if (old) { old.remove(); }
      var stale = fault.status === 412;
      box.body.append(fd.trouble(stale ? t('Somebody changed this meanwhile') : title, stale ? { detail: t('Close this and open it again to see how it is now.'), errors: [] } : fault));
    };
  }

  /* ---- One category ---- */

  function branch(own) {
    var found = [own];
    C.context.categories.forEach(function () {
      C.context.categories.forEach(function (each) { if (found.indexOf(each.parent_id) >= 0 && found.indexOf(each.id) < 0) { found.push(each.id); } });
    });
    return found;
  }

  function others(own, first) {
    var taken = own ? branch(own) : [];
    return (first || []).concat(L.categoryOptions().filter(function (each) { return taken.indexOf(each.value) < 0; }));
  }

  function edit(own) {
    if (own) { L.api('GET', PATH + '/' + own).then(function (answer) { form(answer.body, answer.etag); }, function (fault) { L.toast(told(fault)); }); } else { form(null, null); }
  }

  function form(category, etag) {
    var box = L.dialog('window', category ? t('Change {name}', { name: category.name }) : t('New category'), 'category'), parent = category && category.parent_id || '';
    var name = el('input', { type: 'text', className: 'ledger-input', value: category ? category.name : '', maxLength: 200 });
    var kind = choice(KINDS, category ? category.kind : 'expense');
    var kindField = L.field(t('Kind'), kind, category ? t('With all below it. Income and expenses follow, for the past too.') : t('What its amounts are in your figures.'));
    var above = L.combo({
      label: t('Below'), value: parent, placeholder: t('At the top'), pick: function (id) { parent = id; follow(); },
      options: function () { return others(category && category.id, [{ value: '', text: t('At the top') }]); }
    });
    var save = fd.button(category ? t('Save') : t('Add category'), act, { className: 'button button-primary' });
    box.body.append(el('div', { className: 'ledger-form budget-form' }, L.field(t('Name'), name), L.field(t('Below'), above), kindField));
    if (category) {
      box.foot.append(fd.button([fd.icon('trash'), t('Delete')], function () { remove(category, etag, box, false); }, { className: 'button ledger-danger' }),
        fd.button([fd.icon('arrows-left-right'), t('Merge into another')], function () { remove(category, etag, box, true); }));
    }
    box.foot.append(save);
    name.focus();
    follow();
    box.body.addEventListener('keydown', function (event) { if (event.key === 'Enter' && event.target === name) { event.preventDefault(); act(); } });

    function follow() { kindField.hidden = Boolean(parent); }
    function act() {
      if (!name.value.trim()) { L.wrong(box.body.querySelector('.ledger-field'), t('Give it a name')); name.focus(); return; }
      save.disabled = true;
      var body = { name: name.value.trim(), parent_id: parent || null };
      if (!parent && (!category || kind.value !== category.kind)) { body.kind = kind.value; }
      (category ? L.api('PATCH', PATH + '/' + category.id, body, etag) : L.api('POST', PATH, body)).then(function (answer) {
        box.close();
        refresh();
        L.toast(category ? t('{name} is saved.', { name: answer.body.name }) : t('{name} is there.', { name: answer.body.name }), category ? function () { return back(category, answer.etag); } : null);
      }, refused(box, save, t('It was not saved')));
    }
  }

  function back(category, etag) {
    var body = { name: category.name, parent_id: category.parent_id };
    if (!category.parent_id) { body.kind = category.kind; }
    return L.api('PATCH', PATH + '/' + category.id, body, etag).then(function () { refresh(); return t('It is as it was.'); });
  }

  function remove(category, etag, before, merge) {
    before.close();
    var box = L.dialog('window', merge ? t('Merge {name}', { name: category.name }) : t('Delete {name}', { name: category.name }), 'remove-category'), target = '';
    var combo = L.combo({
      label: t('Another category'), value: '', placeholder: t('Choose a category'), pick: function (id) { target = id; follow(); },
      options: function () { return others(category.id, merge ? [] : [{ value: '', text: t('None: only if nothing uses it') }]); }
    });
    var sure = fd.button(merge ? t('Merge') : [fd.icon('trash'), t('Delete')], act, { className: merge ? 'button button-primary' : 'button button-danger' });
    box.body.append(el('div', { className: 'ledger-form' }, el('p', {}, merge ? t('Its transactions, budgets, rules and the categories below it move to the other one, and it is gone. That cannot be undone.')
      : t('What uses it (transactions, budgets, rules, categories below it) needs another category. That cannot be undone.')), L.field(merge ? t('Into') : t('Move what uses it to'), combo)));
    box.foot.append(fd.button(t('Cancel'), function () { box.close(); }), sure);
    follow();
    combo.field.focus();

    function follow() { sure.disabled = merge && !target; }
    function act() {
      sure.disabled = true;
      L.api('DELETE', PATH + '/' + category.id + (target ? '?replace_by=' + encodeURIComponent(target) : ''), undefined, etag).then(function () {
        box.close();
        refresh();
        L.toast(merge ? t('{name} is merged into {other}.', { name: category.name, other: nameOf(target) }) : t('{name} is deleted.', { name: category.name }));
      }, refused(box, sure, merge ? t('They were not merged') : t('It was not deleted')));
    }
  }

  /* ---- Tags ---- */

  C.parts.tags = function (box) {
    return all('/financial/tags').then(function (tags) {
      tags.sort(function (one, other) { return one.name.localeCompare(other.name); });
      var panel = box.querySelector('.cats-tag-panel') || tagPanel(box);
      panel.querySelector('.period').textContent = n('{n} tag', '{n} tags', tags.length);
      panel.lastElementChild.replaceChildren(tags.length ? el('ul', { className: 'cats-tags' }, tags.map(function (tag) { return tagRow(tag, tags); })) : el('p', { className: 'quiet' }, t('There is no tag yet.')));
    });
  };

  /* What stays when the list is drawn again: somebody may be typing a name. */
  function tagPanel(box) {
    var field = el('input', { type: 'text', className: 'ledger-input', maxLength: 200, 'aria-label': t('Name of a new tag'), placeholder: t('New tag') });
    var add = fd.button([fd.icon('plus'), t('Add')], function () { make(field); });
    field.addEventListener('keydown', function (event) { if (event.key === 'Enter') { event.preventDefault(); make(field); } });
    var panel = el('section', { className: 'panel cats-tag-panel' }, el('div', { className: 'panel-title' }, el('h2', {}, t('Tags')), el('p', { className: 'period' })),
      el('p', { className: 'sentence' }, t('A tag marks transactions across categories: a trip, a project, a person.')),
      C.context.writes ? el('div', { className: 'cats-add' }, field, add, el('p', { className: 'ledger-wrong' })) : null,
      el('div', {}));
    box.replaceChildren(panel);
    return panel;
  }

  function make(field) {
    var wrong = field.parentElement.querySelector('.ledger-wrong'), given = field.value;
    if (!given.trim()) { field.focus(); return; }
    L.api('POST', '/financial/tags', { name: given.trim() }).then(function (answer) {
      wrong.textContent = '';
      if (field.value === given) { field.value = ''; }
      L.toast(t('The tag {name} is there.', { name: answer.body.name }));
      C.again(function () { field.focus(); });
    }, function (fault) { wrong.textContent = told(fault); field.focus(); });
  }

  function tagRow(tag, tags) {
    var link = el('a', { href: '/transactions?tag=' + encodeURIComponent(tag.name), className: 'cats-name' }, el('bdi', {}, tag.name));
    return el('li', {}, link, C.context.writes ? fd.button(fd.icon('pencil'), function () { tagForm(tag, tags); }, { className: 'ledger-cross', 'aria-label': t('Change the tag {name}', { name: tag.name }) }) : null);
  }

  function tagForm(tag, tags) {
    var box = L.dialog('window', t('Change the tag {name}', { name: tag.name }), 'tag'), into = '';
    var name = el('input', { type: 'text', className: 'ledger-input', value: tag.name, maxLength: 200 });
    var save = fd.button(t('Save'), rename, { className: 'button button-primary' });
    var combo = L.combo({
      label: t('Other tag'), value: '', placeholder: t('Keep it as it is'), pick: function (id) { into = id; save.textContent = id ? t('Merge') : t('Save'); },
      options: function () { return [{ value: '', text: t('Keep it as it is') }].concat(tags.filter(function (each) { return each.id !== tag.id; }).map(function (each) { return { value: each.id, text: each.name }; })); }
    });
    var gone = fd.button([fd.icon('trash'), t('Delete')], function () { drop(''); }, { className: 'button ledger-danger' });
    box.body.append(el('div', { className: 'ledger-form' }, L.field(t('Name'), name), L.field(t('Merge into'), combo, t('What bears this tag gets the other one instead.'))));
    box.foot.append(gone, save);
    name.focus();
    name.addEventListener('keydown', function (event) { if (event.key === 'Enter') { event.preventDefault(); rename(); } });

    function rename() {
      if (into) { drop(into); return; }
      if (!name.value.trim()) { L.wrong(box.body.querySelector('.ledger-field'), t('Give it a name')); return; }
      save.disabled = true;
      L.api('PATCH', '/financial/tags/' + tag.id, { name: name.value.trim() }).then(function (answer) {
        box.close();
        L.toast(t('The tag is now {name}.', { name: answer.body.name }), function () { return L.api('PATCH', '/financial/tags/' + tag.id, { name: tag.name }).then(function () { C.again(); return t('It has its old name again.'); }); });
        C.again();
      }, refused(box, save, t('It was not saved')));
    }

    function drop(other) {
      gone.disabled = true;
      L.api('DELETE', '/financial/tags/' + tag.id + (other ? '?replace_by=' + other : '')).then(function () {
        box.close();
        L.toast(other ? t('The tags are merged.') : t('The tag {name} is deleted.', { name: tag.name }));
        C.again();
      }, function (fault) {
        if (fault.status === 409 && !other) { fault.detail = t('Transactions or rules bear this tag. Choose a tag to merge it into instead.'); }
        refused(box, gone, t('It was not deleted'))(fault);
      });
    }
  }

  /* ---- The page ---- */

  C.again = function (then) {
    var box = place(C.context.tab), draw = C.parts[C.context.tab];
    if (!box || !draw) { return; }
    draw(box).then(function () {
      box.closest('.cats-part').classList.add('is-filled');
      if (typeof then === 'function') { then(); }
    }, function (fault) {
      box.closest('.cats-part').classList.add('is-filled');
      box.drawn = null;
      box.replaceChildren(fd.trouble(t('This could not be fetched'), fault), fd.button(t('Try again'), function () { C.again(); }));
    });
  };

  /* Drawn again though nothing changed: what was pressed was not done. */
  C.anew = function () {
    var box = place(C.context.tab);
    if (box) { box.drawn = null; }
    C.again();
  };

  document.addEventListener('click', function (event) {
    var button = event.target.closest('[data-category-edit]');
    if (button && C.context) { edit(button.getAttribute('data-category-edit')); }
  });

  function open(context) {
    if (!context || !document.getElementById('categories')) { return null; }
    C.context = context;
    L.context = context;
    fd.locale = context.locale;
    window.setTimeout(C.again, 0);
    return true;
  }

  Object.assign(C, { say: say, told: told, choice: choice, nameOf: nameOf, all: all, refused: refused, refresh: refresh });
  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.fd = Object.assign({}, window.dash_clientside.fd, { openCategories: open });
})();
