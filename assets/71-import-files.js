/* The chosen files of the import page: each is read without booking anything, shown, then imported or left out. */
(function () {
  'use strict';
  var fd = window.fdImport, el = fd.el, t = window.fd.t, n = fd.n;
  var WHOLE = 2e6, LATER = 5e6, UNSEEN = 40e6, STEP = 100, EVERY_MS = 1000;
  var COUNTS = [['new', t('New')], ['duplicate', t('Duplicates')], ['review', t('To review')], ['skipped', t('Skipped')], ['failed', t('Unreadable lines')]];
  var items = [], accounts = [], busy = false, counter = 0;

  /* ---- What happens to a file ---- */

  function add(files) {
    Array.from(files).forEach(function (file) {
      var known = items.some(function (item) {
        return item.file.name === file.name && item.file.size === file.size && item.file.lastModified === file.lastModified && item.phase !== 'undone';
      });
      if (known) { fd.say(t('{name} is already here.', { name: file.name })); return; }
      var item = { id: counter += 1, file: file, phase: 'waiting', account: '', filter: 'all', shown: STEP, result: null, problem: null };
      if (file.size > fd.largest) {
        item.phase = 'refused';
        item.problem = { detail: t('It is larger than {size}, the most that can be sent here.', { size: fd.size(fd.largest) }), errors: [] };
      } else if (file.size > UNSEEN) { item.phase = 'ready'; }
      items.push(item);
    });
    draw();
    next();
  }

  function drop(item) {
    items.splice(items.indexOf(item), 1);
    draw();
    var button = document.getElementById('import-choose');
    if (button) { button.focus(); }
  }

  /* One file after the other: the first that waits is read. */
  function next() {
    if (busy) { return; }
    var wanted = items.find(function (item) { return item.phase === 'wanted'; });
    var item = wanted || items.find(function (each) { return each.phase === 'waiting'; });
    if (!item) { return; }
    busy = true;
    (wanted ? book(item) : read(item)).then(function () {
      busy = false;
      redraw(item);
      next();
    });
  }

  function fields(item, more) {
    return Object.assign({ create_accounts: 'true' }, item.account ? { account_id: item.account } : {},
      item.given ? { mapping: JSON.stringify(item.given) } : {}, more);
  }

  function send(item, more, later) {
    var sending = fd.upload(item.file, fields(item, more), function (sent, total) {
      if (sent < total) { item.sent = sent / total; progress(item); } else if (item.phase === 'sending') { move(item, 'reading'); }
    }, later);
    item.abort = sending.abort;
    return sending.answer;
  }

  function move(item, phase, more) {
    Object.assign(item, { phase: phase }, more);
    redraw(item);
  }

  function read(item) {
    move(item, 'sending', { sent: 0, problem: null, note: '' });
    var more = { dry_run: 'true' };
    if (item.file.size < WHOLE) { more.preview = 'all'; }
    return send(item, more, false).then(function (result) {
      Object.assign(item, { phase: 'ready', result: result, filter: 'all', shown: STEP });
      fd.say(item.file.name + ': ' + words(result.counts));
    }, function (fault) { refuse(item, fault, 'refused'); });
  }

  function refuse(item, fault, phase) {
    if (items.indexOf(item) < 0) { return; }
    if (fault.aborted) { Object.assign(item, { phase: item.result ? 'ready' : 'refused', problem: null, note: t('Stopped. Nothing was booked.') }); return; }
    Object.assign(item, { phase: phase, problem: fault });
  }

  function book(item) {
    move(item, 'importing', { sent: 0, problem: null, note: '' });
    return send(item, {}, item.file.size > LATER).then(function (answer) {
      if (!answer.state) { finish(item, answer); return null; }
      move(item, 'running', { imported: answer.id, progress: answer.progress, state: answer.state });
      follow(item);
      return null;
    }, function (fault) { refuse(item, fault, item.result || item.file.size > UNSEEN ? 'ready' : 'refused'); });
  }

  function finish(item, answer) {
    Object.assign(item, { phase: 'done', imported: answer.id, booked: answer });
    redraw(item);
    fd.say(t('{name} is imported: {counts}', { name: item.file.name, counts: words(answer.counts) }));
    fd.refresh();
  }

  function follow(item) {
    fd.ask('GET', '/financial/imports/' + item.imported).then(function (detail) {
      if (detail.state === 'done') { finish(item, detail); return; }
      if (detail.state === 'cancelled') { move(item, 'ready', { note: t('Cancelled. Nothing was booked.') }); fd.refresh(); return; }
      if (detail.state === 'failed') {
        move(item, 'ready', { problem: fd.problem(422, detail.problem) });
        fd.refresh();
        return;
      }
      Object.assign(item, { progress: detail.progress, state: detail.state });
      progress(item);
      window.setTimeout(follow, EVERY_MS, item);
    }, function (fault) {
      if (fault.status === 0) { window.setTimeout(follow, 3 * EVERY_MS, item); } else { move(item, 'ready', { problem: fault }); }
    });
  }

  function cancel(item) {
    fd.ask('POST', '/financial/imports/' + item.imported + '/cancel').catch(function (fault) {
      if (fault.status !== 409) { item.problem = fault; redraw(item); }
    });
  }

  function want(item) {
    item.phase = 'wanted';
    redraw(item);
    next();
  }

  function undo(item, close) {
    fd.ask('DELETE', '/financial/imports/' + item.imported).then(function () {
      move(item, 'undone');
      fd.say(t('{name} was taken back.', { name: item.file.name }));
      fd.refresh();
    }, function (fault) {
      close();
      move(item, fault.status === 404 ? 'undone' : 'done', { problem: fault.status === 404 ? null : fault });
    });
  }

  /* An import was taken back in the history: the card above must not offer it again. */
  function taken(imported) {
    items.forEach(function (item) { if (item.imported === imported && item.phase === 'done') { move(item, 'undone'); } });
  }

  /* ---- How it looks ---- */

  function words(counts) {
    return [
      n('{n} new entry', '{n} new entries', counts.new), n('{n} duplicate', '{n} duplicates', counts.duplicate),
      counts.review ? t('{n} to review', { n: fd.number(counts.review) }) : '', counts.skipped ? t('{n} skipped', { n: fd.number(counts.skipped) }) : '',
      counts.failed ? n('{n} unreadable line', '{n} unreadable lines', counts.failed) : ''
    ].filter(Boolean).join(', ') + '.';
  }

  function draw() {
    var place = document.getElementById('import-files');
    if (!place) { return; }
    place.replaceChildren.apply(place, items.map(card));
    all();
  }

  function redraw(item) {
    var old = document.getElementById('import-file-' + item.id);
    if (!old) { return; }
    var active = old.contains(document.activeElement) ? document.activeElement.getAttribute('data-key') || 'title' : null;
    var made = card(item);
    old.replaceWith(made);
    if (active) { (made.querySelector('[data-key="' + active + '"]:not(:disabled)') || made.querySelector('[data-key=title]')).focus(); }
    all();
  }

  function all() {
    var place = document.getElementById('import-files');
    if (!place) { return; }
    var old = document.getElementById('import-all'), ready = items.filter(function (item) { return item.phase === 'ready'; });
    if (ready.length < 2) { if (old) { old.remove(); } return; }
    var bar = el('div', { id: 'import-all', className: 'import-actions' }, fd.button(n('Import {n} file', 'Import all {n} files', ready.length), function () {
      ready.forEach(function (item) { if (item.phase === 'ready') { want(item); } });
    }, { className: 'button button-primary' }));
    if (old) { old.replaceWith(bar); } else { place.prepend(bar); }
  }

  function card(item) {
    var name = el('h2', { tabIndex: -1, 'data-key': 'title' }, fd.foreign(item.file.name, 'import-name'));
    var head = el('div', { className: 'import-head' }, fd.icon('file-text'), name, el('span', { className: 'period' }, fd.size(item.file.size)));
    var body = { ready: ready, refused: refused, done: done, undone: undone }[item.phase] || moving;
    return el('article', { className: 'panel import-file is-' + item.phase, id: 'import-file-' + item.id }, head, body(item));
  }

  function phase(item) {
    if (item.phase === 'waiting') { return t('Waiting to be read'); }
    if (item.phase === 'wanted') { return t('Waiting to be imported'); }
    if (item.phase === 'sending') { return t('Sending'); }
    if (item.phase === 'reading') { return t('Reading; nothing is booked yet'); }
    if (item.phase === 'importing') { return t('Importing'); }
    if (item.state === 'queued') { return t('Waiting for its turn in the background'); }
    var far = item.progress;
    return far.total ? n('{read} of about {n} entry imported', '{read} of about {n} entries imported', far.total, { read: fd.number(far.read) }) : t('Importing in the background');
  }

  function fraction(item) {
    if (item.phase === 'sending' || item.phase === 'importing') { return item.sent || null; }
    return item.phase === 'running' && item.progress.total ? item.progress.read / item.progress.total : null;
  }

  function bar(item) {
    var options = { className: 'import-progress', max: 1, 'aria-label': t('Progress of {name}', { name: item.file.name }) };
    var far = fraction(item);
    if (far !== null) { options.value = far; }
    return el('progress', options);
  }

  function progress(item) {
    var node = document.getElementById('import-file-' + item.id);
    if (!node || !node.querySelector('progress')) { return; }
    node.querySelector('progress').replaceWith(bar(item));
    node.querySelector('.sentence').textContent = phase(item) + '…';
  }

  function moving(item) {
    var stop = null;
    if (item.phase === 'running') {
      stop = fd.button(t('Cancel'), function () { cancel(item); }, { 'data-key': 'cancel' });
    } else if (item.phase === 'waiting') {
      stop = fd.button(t('Leave out'), function () { drop(item); }, { 'data-key': 'leave' });
    } else if (item.phase === 'sending' || item.phase === 'reading') {
      stop = fd.button(t('Stop'), function () { item.abort(); }, { 'data-key': 'leave' });
    }
    var note = item.phase === 'running' ? el('p', { className: 'quiet' }, t('You may leave this page; the import goes on.')) : null;
    return [el('p', { className: 'sentence' }, phase(item) + '…'), bar(item), note, fault(item), el('div', { className: 'import-actions' }, stop)];
  }

  function fault(item) {
    if (item.problem) { return fd.trouble(item.phase === 'refused' ? t('This file cannot be imported as it is') : t('That did not work'), item.problem); }
    return item.note ? el('p', { className: 'sentence' }, item.note) : null;
  }

  function offer(select, chosen) {
    select.replaceChildren.apply(select, [el('option', { value: '' }, t('Found in the file'))].concat(accounts.map(function (account) {
      return el('option', { value: account.id }, account.name + ' (' + account.currency + ')');
    })));
    select.value = chosen;
  }

  function chooseAccount(item) {
    var id = 'import-account-' + item.id;
    var select = el('select', { id: id, className: 'import-select', 'data-key': 'account' });
    offer(select, item.account);
    select.addEventListener('change', function () {
      item.account = select.value;
      item.result = null;
      item.phase = item.file.size > UNSEEN ? 'ready' : 'waiting';
      redraw(item);
      next();
    });
    return el('div', { className: 'import-account' }, el('label', { for: id }, t('Account')), select);
  }

  /* The form for how a CSV file is read. */
  function adjust(item) {
    return fd.adjust(item, function () {
      item.phase = 'waiting';
      redraw(item);
      next();
    }, function () { redraw(item); });
  }

  function leave(item) { return fd.button(t('Leave out'), function () { drop(item); }, { 'data-key': 'leave' }); }

  function refused(item) {
    var again = fd.button(t('Try again'), function () { item.phase = 'waiting'; redraw(item); next(); }, { 'data-key': 'go' });
    var sendable = item.file.size <= fd.largest;
    return [fault(item), sendable ? chooseAccount(item) : null, adjust(item), el('div', { className: 'import-actions' }, sendable ? again : null, leave(item))];
  }

  function ready(item) {
    var result = item.result;
    var go = fd.button(label(result), function () { want(item); }, { className: 'button button-primary', 'data-key': 'go' });
    var actions = el('div', { className: 'import-actions' }, go, leave(item));
    if (!result) {
      return [el('p', { className: 'sentence' }, t('This file is too large to be shown first. It is imported in the background, whole or not at all, and you can undo it.')),
        fault(item), chooseAccount(item), actions];
    }
    return [el('p', { className: 'sentence' }, summary(result)), fault(item), counts(result.counts), chooseAccount(item),
      notes(result), adjust(item), balances(result), preview(item), actions];
  }

  function label(result) {
    return result && result.counts.new ? n('Import {n} entry', 'Import {n} entries', result.counts.new) : t('Import');
  }

  function summary(result) {
    var names = result.accounts.map(function (account) {
      return [fd.foreign(account.name), account.id ? '' : ' ' + t('(will be opened)'), ', ' + account.currency];
    });
    var parts = [t('{format} for', { format: result.format.toUpperCase() }), ' '];
    names.slice(0, 5).forEach(function (name, place) { parts = parts.concat(place ? ' · ' : '', name); });
    if (!names.length) { parts = [t('{format}, no account named', { format: result.format.toUpperCase() })]; }
    if (names.length > 5) { parts.push(' ', n('and {n} more account', 'and {n} more accounts', names.length - 5)); }
    var nothing = !result.counts.new && !result.counts.review;
    return el('span', {}, parts, '. ', nothing ? t('Nothing in it is new to your books.') : '');
  }

  function counts(given) {
    return el('dl', { className: 'import-counts' }, COUNTS.map(function (each) {
      var worry = given[each[0]] && (each[0] === 'failed' || each[0] === 'review');
      return el('div', { className: worry ? 'worry' : '' }, el('dt', {}, each[1]), el('dd', { className: 'number' }, fd.number(given[each[0]])));
    }));
  }

  function notes(result) {
    var lines = result.errors.map(function (each) { return t('Line {line}: {message}', { line: each.line, message: each.message }); });
    return [
      result.warnings.length ? el('div', { className: 'banner banner-warning' }, fd.icon('alert-triangle'),
        el('div', {}, el('p', { className: 'strong' }, t('Please check')), fd.list(result.warnings, 'money-text'))) : null,
      lines.length ? el('details', { className: 'import-more' }, el('summary', {}, n('{n} line could not be read', '{n} lines could not be read', lines.length)),
        fd.list(lines, 'money-text')) : null
    ];
  }

  function balance(check, currency) {
    var words = check.ok === null ? t('the file states no balances to check against') : check.ok ? t('balances add up') : t('balances do not add up');
    var sums = check.ok === null ? null : [' (', fd.money(check.opening, currency), ' + ', fd.money(check.sum, currency), check.ok ? ' = ' : ' ≠ ', fd.money(check.closing, currency), ')'];
    var bad = check.ok === false || check.gap;
    return el('li', { className: bad ? 'warning' : '' }, fd.icon(bad ? 'alert-triangle' : check.ok ? 'circle-check' : 'info-circle'),
      el('span', {}, fd.foreign(check.account), ': ', words, sums, '. ', check.gap ? el('span', { className: 'money-text' }, check.gap) : ''));
  }

  function balances(result) {
    if (!result.balance_check.length) { return null; }
    var currencies = new Map(result.accounts.map(function (account) { return [account.name, account.currency]; }));
    var rows = result.balance_check.slice(0, 24).map(function (check) {
      return balance(check, currencies.get(check.account) || (result.accounts[0] || {}).currency || 'XXX');
    });
    if (result.balance_check.length > 24) { rows.push(el('li', {}, n('and {n} more statement', 'and {n} more statements', result.balance_check.length - 24))); }
    return el('ul', { className: 'import-balances' }, rows);
  }

  /* ---- The entries ---- */

  function preview(item) {
    var entries = item.result.preview, counts = item.result.counts;
    if (!entries.length) { return null; }
    var wanted = entries.filter(function (entry) { return item.filter === 'all' || entry.status === item.filter; });
    var shown = wanted.slice(0, item.shown);
    var more = wanted.length > shown.length ? fd.button(t('Show more entries'), function () { item.shown += STEP; redraw(item); }, { 'data-key': 'more' }) : null;
    var total = counts.read - counts.failed;
    var part = entries.length < total ? el('p', { className: 'period' }, t('The first {n} of {total} entries.', { n: fd.number(entries.length), total: fd.number(total) })) : null;
    return el('div', {}, filters(item, entries), part, table(shown, item.file.name), more);
  }

  function filters(item, entries) {
    var names = Object.keys(fd.STATUSES).filter(function (status) { return entries.some(function (entry) { return entry.status === status; }); });
    if (names.length < 2) { return null; }
    return el('div', { className: 'import-filter', role: 'group', 'aria-label': t('Show entries') }, ['all'].concat(names).map(function (status) {
      var count = status === 'all' ? entries.length : entries.filter(function (entry) { return entry.status === status; }).length;
      return fd.button((status === 'all' ? t('All') : fd.STATUSES[status]) + ' ' + fd.number(count), function () {
        Object.assign(item, { filter: status, shown: STEP });
        redraw(item);
      }, { 'aria-pressed': String(item.filter === status), 'data-key': 'filter-' + status });
    }));
  }

  function table(entries, name) {
    var heads = [[t('Date'), ''], [t('Payee and purpose'), ''], [t('Category'), 'wide'], [t('Status'), 'wide'], [t('Amount'), 'number']];
    var head = el('tr', {}, heads.map(function (each) { return el('th', { scope: 'col', className: each[1] }, each[0]); }));
    var label = t('Entries of {name}', { name: name });
    return el('div', { className: 'table-scroll', tabIndex: 0, role: 'region', 'aria-label': label }, el('table', { className: 'table import-entries' },
      el('caption', { className: 'visually-hidden' }, label), el('thead', {}, head), el('tbody', {}, entries.map(row))));
  }

  function tag(entry) { return el('span', { className: 'tag tag-' + entry.status }, fd.STATUSES[entry.status]); }

  function row(entry) {
    var first = entry.payee || entry.purpose || entry.counterparty || entry.reference || t('No text');
    var second = entry.payee && entry.purpose ? fd.foreign(entry.purpose, 'period import-cut') : null;
    var what = el('td', {}, fd.foreign(first, 'import-cut'), second,
      el('span', { className: 'import-below' }, tag(entry), entry.pending ? ' ' + t('pending') : ''));
    return el('tr', { className: 'entry-' + entry.status }, el('td', {}, fd.day(entry.booked_on)), what,
      el('td', { className: 'wide' }, entry.category ? fd.foreign(entry.category, 'import-cut') : el('span', { className: 'quiet' }, t('None'))),
      el('td', { className: 'wide' }, tag(entry), entry.pending ? ' ' + t('pending') : ''), el('td', { className: 'number' }, fd.money(entry.amount, entry.currency)));
  }

  /* ---- Afterwards ---- */

  function done(item) {
    var given = item.booked.counts;
    var close = fd.button(t('Close'), function () { drop(item); }, { 'data-key': 'leave' });
    var link = el('a', { href: '/', className: 'button button-primary', 'data-key': 'go' }, t('See the overview'));
    var back = fd.confirmed(t('Undo'), t('Take this import back?'), t('Undo import'), function (again) { undo(item, again); }, t('Undo the import of {name}', { name: item.file.name }));
    return [el('p', { className: 'sentence import-done' }, fd.icon('circle-check'), el('span', {}, t('Imported: {counts}', { counts: words(given) }))),
      given.review ? el('p', { className: 'sentence' }, t('What is to review is not booked until you decide, below.')) : null,
      fault(item), notes(item.booked), balances(Object.assign({ accounts: [] }, item.booked, item.booked.accounts ? {} : { accounts: [] })),
      el('div', { className: 'import-actions' }, link, back, close)];
  }

  function undone(item) {
    return [el('p', { className: 'sentence' }, t('Taken back. Your books are as they were before this file.')), fault(item),
      el('div', { className: 'import-actions' }, fd.button(t('Read it again'), function () { item.phase = 'waiting'; redraw(item); next(); }, { 'data-key': 'go' }),
        fd.button(t('Close'), function () { drop(item); }, { 'data-key': 'leave' }))];
  }

  /* The cards stay as they are: somebody may be about to press a button in one. */
  function useAccounts(found) {
    accounts = found;
    document.querySelectorAll('.import-file select[data-key=account]').forEach(function (select) { offer(select, select.value); });
  }

  window.addEventListener('beforeunload', function (event) {
    if (items.some(function (item) { return item.phase === 'importing'; })) { event.preventDefault(); }
  });

  Object.assign(fd, { add: add, draw: draw, taken: taken, useAccounts: useAccounts });
})();
