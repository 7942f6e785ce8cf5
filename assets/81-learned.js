/* Learned categories: what was guessed and why, what would be guessed, confirming and taking back. */
(function () {
  'use strict';
  var fd = window.fdImport, L = window.fdLedger, C = window.fdCategories, el = fd.el, t = window.fd.t, n = fd.n;
  var PATH = '/financial/categorise';
  var least = null;

  function percent(share) { return new Intl.NumberFormat(fd.locale, { style: 'percent', maximumFractionDigits: 0 }).format(share); }

  /* Learning takes a moment on large books: what would be guessed comes after the rest. */
  C.parts.learned = function (box) {
    return L.api('GET', PATH + '/settings').then(function (answer) {
      var settings = answer.body, open = C.context.writes ? el('div', { className: 'learned-open' }) : '';
      if (least === null) { least = settings.min_confidence; }
      return L.api('GET', PATH + '/guesses?min_confidence=' + least).then(function (found) {
        var kept = box.querySelector('.learned-open');
        if (open && kept) { open.replaceChildren.apply(open, Array.from(kept.childNodes)); }
        if (open && !open.firstChild) { open.append(el('section', { className: 'panel' }, el('h2', {}, t('Without a category')), el('p', { className: 'sentence' }, t('Looking at them \u2026')))); }
        box.replaceChildren(settingsPanel(settings), open, guessPanel(found.body));
        if (open) { look(open); }
      });
    });
  };

  function look(open) {
    L.api('POST', PATH, { dry_run: true, min_confidence: Math.max(0.5, least) }).then(function (answer) {
      open.replaceChildren(openPanel(answer.body));
    }, function (fault) { open.replaceChildren(fd.trouble(t('They could not be looked at'), fault)); });
  }

  function settingsPanel(settings) {
    var learn = el('input', { type: 'checkbox', checked: settings.learn, disabled: !C.context.writes });
    var sure = el('input', { type: 'range', min: '50', max: '99', step: '1', value: String(Math.round(settings.min_confidence * 100)), disabled: !C.context.writes, id: 'learned-sure', 'aria-label': t('Apply from this confidence on') });
    var shown = el('output', { className: 'number', htmlFor: 'learned-sure' }, percent(settings.min_confidence));
    learn.addEventListener('change', function () { put({ learn: learn.checked }, learn.checked ? t('New transactions get learned categories.') : t('Nothing is guessed from now on.')); });
    sure.addEventListener('input', function () { shown.textContent = percent(sure.value / 100); });
    sure.addEventListener('change', function () { least = sure.value / 100; put({ min_confidence: least }, t('Applied from {percent} on.', { percent: percent(least) })); });
    return el('section', { className: 'panel' }, el('div', { className: 'panel-title' }, el('h2', {}, t('Learning'))),
      el('p', { className: 'sentence' }, t('What you file by hand teaches the product, on your own machine, for you alone. A rule of yours always comes first.')),
      el('div', { className: 'learned-settings' }, el('label', { className: 'ledger-tick' }, learn, t('Guess the category of new transactions')),
        el('div', { className: 'learned-range' }, el('span', {}, t('From a confidence of')), sure, shown)));
  }

  function put(values, said) {
    L.api('PUT', PATH + '/settings', values).then(function () { L.toast(said); C.again(); }, function (fault) { L.toast(t('That was not saved: {reason}', { reason: C.told(fault) })); C.again(); });
  }

  function lines(rows, buttons) {
    return el('ul', { className: 'learned-lines' }, rows.map(function (row) {
      var because = row.source === 'mcc' ? t('the card code of the merchant') : row.because;
      return el('li', {}, el('span', { className: 'budget-who' }, el('a', { className: 'cats-name', href: '/transactions?q=' + encodeURIComponent(row.payee || '') + '&from=' + row.booked_on + '&to=' + row.booked_on }, el('bdi', {}, row.payee || t('No payee'))),
        el('span', { className: 'budget-about' }, L.shortDay(row.booked_on), because ? [' · ', t('because of'), ' ', el('bdi', {}, because)] : '')),
      el('span', { className: 'learned-guess' }, el('bdi', {}, C.nameOf(row.category_id)), el('span', { className: 'budget-about' }, row.confidence === null ? t('sure') : t('{percent} sure', { percent: percent(row.confidence) }))),
      el('span', { className: 'money' }, L.money(row.amount, row.currency)), buttons ? buttons(row) : null);
    }));
  }

  function openPanel(found) {
    var apply = fd.button(t('Apply {n}', { n: fd.number(found.categorised) }), function () {
      apply.disabled = true;
      L.api('POST', PATH, { min_confidence: Math.max(0.5, least) }).then(function (answer) {
        L.toast(n('{n} transaction has a category now.', '{n} transactions have a category now.', answer.body.categorised));
        C.refresh();
        C.again();
      }, function (fault) { apply.disabled = false; L.toast(t('Nothing was applied: {reason}', { reason: C.told(fault) })); });
    }, { className: 'button button-primary' });
    var said = !found.looked_at ? t('Every transaction has a category.') : n('{n} transaction has no category;', '{n} transactions have no category;', found.looked_at) + ' ' + (found.categorised ? t('{n} can be told at {percent} or more.', { n: fd.number(found.categorised), percent: percent(Math.max(0.5, least)) }) : t('none can be told at {percent} or more.', { percent: percent(Math.max(0.5, least)) }));
    return el('section', { className: 'panel' }, el('div', { className: 'cats-head' }, el('div', {}, el('h2', {}, t('Without a category')), el('p', { className: 'sentence' }, said)), found.categorised ? apply : null), lines(found.preview.slice(0, 20)));
  }

  function guessPanel(found) {
    var writes = C.context.writes && found.count > 0;
    var accept = fd.button(t('Confirm {n}', { n: fd.number(found.sure) }), function () {
      accept.disabled = true;
      confirm({ min_confidence: least });
    }, { className: 'button button-primary', disabled: !found.sure });
    var back = fd.confirmed(t('Take all back'), t('Take back {n}?', { n: fd.number(found.count) }), t('Take back'), function (close) {
      L.api('POST', PATH + '/undo').then(function (answer) { L.toast(n('{n} guess is taken back.', '{n} guesses are taken back.', answer.body.taken_back)); C.refresh(); C.again(); }, function (fault) { close(); L.toast(t('Nothing was taken back: {reason}', { reason: C.told(fault) })); });
    }, t('Take back all guesses that nobody confirmed'));
    var said = found.count ? n('{n} category was guessed and is not confirmed; {sure} at {percent} or more.', '{n} categories were guessed and are not confirmed; {sure} at {percent} or more.', found.count, { sure: fd.number(found.sure), percent: percent(least) }) : t('No guess waits to be confirmed.');
    var rest = found.count - found.data.length, marks = [0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];
    if (marks.indexOf(least) < 0) { marks = marks.concat(least).sort(); }
    var at = C.choice(marks.map(function (each) { return [String(each), t('At least {percent} sure', { percent: percent(each) })]; }), String(least), t('Confirm from this confidence on'));
    at.addEventListener('change', function () { least = Number(at.value); C.again(function () { var next = document.querySelector('.learned-at'); if (next) { next.focus(); } }); });
    at.classList.add('learned-at');
    return el('section', { className: 'panel' }, el('div', { className: 'cats-head' }, el('div', {}, el('h2', {}, t('Guessed')), el('p', { className: 'sentence' }, said, found.data.length ? ' ' + t('The least sure first.') : '')),
      writes ? el('div', { className: 'cats-actions' }, back, at, accept) : null),
    lines(found.data, C.context.writes ? function (row) { return fd.button(fd.icon('check'), function () { confirm({ transaction_ids: [row.transaction_id] }); }, { className: 'ledger-cross', 'aria-label': t('Confirm {category} for {name}', { category: C.nameOf(row.category_id), name: row.payee || t('this transaction') }) }); } : null),
    rest > 0 ? el('p', { className: 'ledger-hint' }, t('and {n} more', { n: fd.number(rest) })) : null);
  }

  function confirm(body) {
    L.api('POST', PATH + '/accept', body).then(function (answer) { L.toast(n('{n} guess is confirmed.', '{n} guesses are confirmed.', answer.body.accepted)); C.again(); }, function (fault) { L.toast(t('Nothing was confirmed: {reason}', { reason: C.told(fault) })); C.again(); });
  }
})();
