/* The import page in the browser: choosing files, entries to review, imported files. Starts when the page is drawn. */
(function () {
  'use strict';
  var fd = window.fdImport, el = fd.el, t = window.fd.t, n = fd.n;
  var EVERY_MS = 2000, REVIEWS = 100;
  var PATH = '/financial/imports';
  var STATES = { queued: t('Waiting'), running: t('Running'), done: t('Imported'), failed: t('Failed'), cancelled: t('Cancelled') };
  var records = [], cursor = null, generation = 0, timer = null;

  function place(name) { return document.getElementById('import-' + name); }

  /* ---- Choosing ---- */

  function prepare() {
    var box = place('drop');
    if (!box || box.querySelector('input')) { return; }
    var field = el('input', { type: 'file', multiple: true, hidden: true, 'aria-label': t('Bank statements') });
    field.addEventListener('change', function () {
      fd.add(field.files);
      field.value = '';
    });
    box.append(field);
    place('choose').addEventListener('click', function () { field.click(); });
  }

  function carriesFiles(event) {
    return place('drop') && event.dataTransfer && Array.from(event.dataTransfer.types).indexOf('Files') >= 0;
  }

  function over(event) {
    if (!carriesFiles(event)) { return; }
    event.preventDefault();
    place('drop').classList.add('is-over');
  }

  function out(event) {
    if (place('drop') && !event.relatedTarget) { place('drop').classList.remove('is-over'); }
  }

  function dropped(event) {
    if (!carriesFiles(event)) { return; }
    event.preventDefault();
    place('drop').classList.remove('is-over');
    fd.add(event.dataTransfer.files);
  }

  document.addEventListener('dragover', over);
  document.addEventListener('dragleave', out);
  document.addEventListener('drop', dropped);

  /* ---- Imported files ---- */

  function load(more) {
    var mine = generation += 1;
    var path = PATH + '?limit=20' + (more && cursor ? '&cursor=' + encodeURIComponent(cursor) : '');
    return fd.ask('GET', path).then(function (page) {
      if (mine !== generation) { return; }
      records = more ? records.concat(page.data) : page.data;
      cursor = page.next_cursor;
      drawHistory();
      loadReviews(mine);
      again();
    }, function (fault) {
      if (mine === generation && place('history')) {
        place('history').replaceChildren(fd.trouble(t('The imported files could not be fetched'), fault),
          fd.button(t('Try again'), function () { load(false); }));
      }
    });
  }

  /* What still runs is asked about again while the page is open. */
  function again() {
    window.clearTimeout(timer);
    var running = records.some(function (record) { return record.state === 'queued' || record.state === 'running'; });
    if (running && place('history')) { timer = window.setTimeout(load, EVERY_MS, false); }
  }

  function refresh() {
    load(false);
    fd.ask('GET', '/financial/accounts?limit=1000').then(function (page) { fd.useAccounts(page.data); }, function () { /* the list of before stays */ });
  }

  function fill(box, children) {
    var active = box.contains(document.activeElement) ? document.activeElement : null;
    box.replaceChildren.apply(box, children());
    var next = active && (active.isConnected ? active : box.querySelector('h2'));
    if (next) { next.focus(); }
  }

  function drawHistory() {
    var box = place('history');
    if (!box) { return; }
    if (!records.length) {
      box.replaceChildren(el('p', { className: 'sentence' }, t('No file has been imported yet.')));
      return;
    }
    fill(box, function () {
      return [fd.lines(box, 'import-rows', records, row)].concat(cursor ? fd.button(t('Show older'), function () { load(true); }) : []);
    });
  }

  function counted(record) {
    var counts = record.counts;
    if (record.state !== 'done') { return null; }
    return [t('{n} new', { n: fd.number(counts.new) }), n('{n} duplicate', '{n} duplicates', counts.duplicate)].concat(
      counts.review ? t('{n} to review', { n: fd.number(counts.review) }) : [], counts.failed ? t('{n} unreadable', { n: fd.number(counts.failed) }) : []).join(', ');
  }

  function row(record) {
    var facts = [record.format.toUpperCase(), fd.moment(record.created_at), counted(record)].filter(Boolean);
    var meta = el('span', { className: 'period' }, facts.flatMap(function (fact, index) { return index ? [' · ', fact] : [fact]; }));
    var state = el('span', { className: 'tag tag-' + record.state }, STATES[record.state]);
    return el('li', {}, el('div', { className: 'import-what' }, fd.foreign(record.filename || t('File without a name'), 'import-cut strong'), meta), state, action(record));
  }

  function action(record) {
    if (!fd.writes) { return null; }
    var name = record.filename || t('the file');
    if (record.state === 'queued' || record.state === 'running') {
      return fd.button(t('Cancel'), function () {
        fd.ask('POST', PATH + '/' + record.id + '/cancel').then(refresh, refresh);
      }, { 'aria-label': t('Cancel the import of {name}', { name: name }) });
    }
    if (record.state !== 'done') { return null; }
    var box = fd.confirmed(t('Undo'), t('Take it back?'), t('Undo import'), function (close) {
      fd.ask('DELETE', PATH + '/' + record.id).then(function () { gone(record, name); }, function (fault) {
        if (fault.status === 404) { gone(record, name); return; }
        close();
        box.after(fd.trouble(t('It was not taken back'), fault));
      });
    }, t('Undo the import of {name}', { name: name }));
    return box;
  }

  function gone(record, name) {
    fd.say(t('{name} was taken back.', { name: name }));
    fd.taken(record.id);
    refresh();
  }

  /* ---- Entries to review ---- */

  function loadReviews(mine) {
    var open = records.filter(function (record) { return record.state === 'done' && record.counts.review > 0; });
    Promise.all(open.map(function (record) {
      return fd.ask('GET', PATH + '/' + record.id + '/entries?status=review&limit=' + REVIEWS).then(function (page) {
        return Promise.all(page.data.map(function (entry) { return withCandidate(record, entry); }));
      });
    })).then(function (found) { if (mine === generation) { drawReviews(found.flat()); } }, function (fault) {
      if (mine === generation && place('review')) { place('review').replaceChildren(fd.trouble(t('The entries to review could not be fetched'), fault)); }
    });
  }

  function withCandidate(record, entry) {
    var review = { record: record, entry: entry, candidate: null };
    if (!entry.transaction_id) { return review; }
    return fd.ask('GET', '/financial/transactions/' + entry.transaction_id).then(
      function (found) { review.candidate = found; return review; }, function () { return review; });
  }

  function drawReviews(reviews) {
    var box = place('review');
    if (!box) { return; }
    if (!reviews.length) { box.replaceChildren(); return; }
    var words = t('These look like transactions you already have. They count in no figure until you decide.');
    fill(box, function () {
      return [el('h2', { tabIndex: -1 }, t('To review')), el('p', { className: 'sentence' }, n('{n} entry.', '{n} entries.', reviews.length) + ' ' + words),
        fd.lines(box, 'import-reviews', reviews, review)];
    });
  }

  function side(title, from, currency) {
    return el('div', { className: 'import-side' }, el('span', { className: 'period' }, title), fd.foreign(from.payee || from.purpose || t('No text'), 'import-cut strong'),
      el('span', {}, fd.day(from.booked_on), ' · ', fd.money(from.amount, currency)));
  }

  function review(each) {
    var name = each.entry.payee || each.entry.purpose || t('entry {number}', { number: each.entry.n }), node;
    function decide(body) {
      node.querySelectorAll('button').forEach(function (button) { button.disabled = true; });
      fd.ask('POST', PATH + '/' + each.record.id + '/entries/' + each.entry.n, body).then(function () {
        fd.say(body.action === 'keep' ? t('{name} is booked.', { name: name }) : t('{name} is merged.', { name: name }));
        settled();
      }, function (fault) {
        if (fault.status === 409 || fault.status === 404) { fd.say(fault.detail); settled(); return; }
        node.querySelectorAll('button').forEach(function (button) { button.disabled = false; });
        node.append(fd.trouble(t('That did not work'), fault));
      });
    }
    var keep = fd.button(t('Keep'), function () { decide({ action: 'keep' }); }, { 'aria-label': t('Keep {name} as a booking of its own', { name: name }) });
    var merge = fd.button(t('Merge'), function () { decide({ action: 'merge' }); }, { 'aria-label': t('Merge {name} into the transaction you have', { name: name }) });
    var other = each.candidate ? side(t('You have'), each.candidate, each.candidate.currency || each.entry.currency)
      : el('p', { className: 'period' }, t('The transaction it resembled is gone.'));
    node = el('li', {}, side(t('In the file'), each.entry, each.entry.currency), other,
      fd.writes ? el('div', { className: 'import-actions' }, keep, each.candidate ? merge : null) : null);
    return node;
  }

  function settled() {
    load(false);
    var title = place('review').querySelector('h2');
    if (title) { title.focus(); }
  }

  /* ---- The page ---- */

  function open(context) {
    if (!context || !place('history')) { return null; }
    Object.assign(fd, { locale: context.locale, writes: context.writes, largest: context.largest });
    prepare();
    fd.draw();
    refresh();
    return true;
  }

  fd.refresh = refresh;
  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.fd = Object.assign({}, window.dash_clientside.fd, { openImport: open });
})();
