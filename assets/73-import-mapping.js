/* How a CSV file is read, for a person to correct: the first lines, and which column is what. What is chosen goes with the
   file as its mapping, and the server remembers it for files with the same header. */
(function () {
  'use strict';
  var fd = window.fdImport, el = fd.el, t = window.fd.t;
  var HEAD_BYTES = 65536, LINES = 40, SHOWN = 5, COLUMNS = 40;
  var ROLES = [['booked_on', t('Date')], ['amount', t('Amount')], ['credit', t('Money in')], ['debit', t('Money out')], ['payee', t('Payee')],
    ['purpose', t('Purpose')], ['balance', t('Balance')], ['external_id', t('Bank\u2019s id')], ['category', t('Category')]];
  var DATES = ['%Y-%m-%d', '%d.%m.%Y', '%d/%m/%Y', '%m/%d/%Y', '%d-%m-%Y', '%m-%d-%Y', '%d.%m.%y', '%d/%m/%y', '%m/%d/%y', '%Y%m%d', '%d %b %Y'];
  var EXAMPLE = { '%d': '31', '%m': '12', '%b': 'Dec', '%Y': '2026', '%y': '26' };

  /* The records of the first lines (RFC 4180); a quoted cell may hold the delimiter and line ends. */
  function records(text, delimiter) {
    var rows = [], row = [], cell = '', quoted = false, place = 0;
    for (; place < text.length && rows.length < LINES; place += 1) {
      var char = text.charAt(place);
      if (quoted) {
        if (char !== '"') { cell += char; } else if (text.charAt(place + 1) === '"') { cell += '"'; place += 1; } else { quoted = false; }
      } else if (char === '"' && !cell) { quoted = true;
      } else if (char === delimiter) { row.push(cell.trim()); cell = '';
      } else if (char === '\n' || char === '\r') {
        if (char === '\r' && text.charAt(place + 1) === '\n') { place += 1; }
        rows.push(row.concat(cell.trim()));
        row = [];
        cell = '';
      } else { cell += char; }
    }
    return cell || row.length ? rows.concat([row.concat(cell.trim())]) : rows;
  }

  function decoded(bytes, encoding) {
    try { return new TextDecoder(encoding || 'utf-8').decode(bytes); } catch (error) { return new TextDecoder().decode(bytes); }
  }

  /* The delimiter that parts the lines most evenly, for a file that could not be read at all. */
  function guessed(text) {
    var best = [',', ';', '\t', '|'].map(function (each) {
      var widths = {};
      records(text, each).forEach(function (row) { if (row.length > 1) { widths[row.length] = (widths[row.length] || 0) + 1; } });
      var most = Object.keys(widths).sort(function (a, b) { return widths[b] - widths[a]; })[0];
      return { delimiter: each, lines: most ? widths[most] : 0, width: Number(most || 0) };
    }).sort(function (a, b) { return b.lines - a.lines || b.width - a.width; })[0];
    var rows = records(text, best.delimiter);
    return { delimiter: best.delimiter, encoding: null, skip_lines: Math.max(0, rows.findIndex(function (row) { return row.length === best.width; })),
      decimal: null, date_format: null, currency: null, invert: false, columns: {} };
  }

  function known(item) { return item.given || (item.result && item.result.mapping) || null; }

  /* Bytes of text, or nothing where a person could not tell columns: pictures, archives, workbooks. */
  function load(item, redraw) {
    item.head = null;
    item.file.slice(0, HEAD_BYTES).arrayBuffer().then(function (buffer) {
      var bytes = new Uint8Array(buffer), wide = bytes[0] >= 0xfe && bytes[1] >= 0xfe;
      var text = decoded(bytes, wide ? 'utf-16' + (bytes[0] === 0xfe ? 'be' : 'le') : (known(item) || {}).encoding);
      item.head = text.indexOf('\0') < 0 && /^[^<%]/.test(text.trim()) ? text : '';
      redraw();
    }, function () { item.head = ''; });
  }

  function shown(format) { return format.replace(/%./g, function (code) { return EXAMPLE[code] || code; }); }

  function choice(item, name, words, options, value, change) {
    var id = 'import-' + name + '-' + item.id;
    var select = el('select', { id: id, className: 'import-select', 'data-key': 'map-' + name }, options.map(function (each) {
      return el('option', { value: String(each[0]) }, each[1]);
    }));
    select.value = String(value);
    select.addEventListener('change', function () { change(select.value); });
    return el('div', { className: 'import-field' }, el('label', { for: id }, words), select);
  }

  function titles(rows, skip) {
    var header = rows[skip] || [], named = header.length && header.every(function (cell) { return !/^[-+]?[\d.,'\s/-]*\d$/.test(cell); });
    return header.slice(0, COLUMNS).map(function (cell, place) {
      var alone = named && cell && header.indexOf(cell) === header.lastIndexOf(cell);
      return { value: alone ? cell : place, words: alone ? cell : t('Column {number}', { number: fd.number(place + 1) }) };
    });
  }

  function column(draft, role) {
    var value = draft.columns[role];
    return Array.isArray(value) ? value[0] : value;
  }

  function columns(item, draft, rows, redraw) {
    var found = titles(rows, draft.skip_lines || 0);
    return ROLES.map(function (role) {
      var chosen = column(draft, role[0]);
      var at = found.findIndex(function (each, place) { return each.value === chosen || place === chosen; });
      var options = [['', t('Not in the file')]].concat(found.map(function (each, place) { return [place, each.words]; }));
      return choice(item, role[0], role[1], options, at < 0 ? '' : at, function (value) {
        var one = value === '' ? null : found[Number(value)].value;
        draft.columns[role[0]] = role[0] === 'purpose' ? (one === null ? [] : [one]) : one;
        redraw();
      });
    });
  }

  function sample(item, rows, skip) {
    var label = t('The first lines of {name}', { name: item.file.name });
    return el('div', { className: 'table-scroll', tabIndex: 0, role: 'region', 'aria-label': label }, el('table', { className: 'table import-sample' },
      el('caption', { className: 'visually-hidden' }, label), el('tbody', {}, rows.slice(skip, skip + SHOWN).map(function (row, place) {
        return el('tr', {}, el('th', { scope: 'row', className: 'period' }, fd.number(skip + place + 1)), row.slice(0, COLUMNS).map(function (cell) {
          return el('td', {}, fd.foreign(cell, 'import-cut'));
        }));
      }))));
  }

  function settings(item, draft, rows, redraw) {
    function set(name) { return function (value) { draft[name] = value === '' ? null : value; }; }
    var dates = DATES.concat(draft.date_format && DATES.indexOf(draft.date_format) < 0 ? [draft.date_format] : []);
    var currency = el('input', { id: 'import-currency-' + item.id, className: 'import-select', type: 'text', maxLength: 3, size: 4, autocomplete: 'off',
      value: draft.currency || '', 'data-key': 'map-currency' });
    currency.addEventListener('input', function () { set('currency')(currency.value.trim().toUpperCase()); });
    var invert = el('input', { id: 'import-invert-' + item.id, type: 'checkbox', checked: !!draft.invert, 'data-key': 'map-invert' });
    invert.addEventListener('change', function () { draft.invert = invert.checked; });
    return [
      choice(item, 'top', t('Table begins in line'), rows.slice(0, 20).map(function (row, place) { return [place, fd.number(place + 1)]; }), draft.skip_lines || 0,
        function (value) { draft.skip_lines = Number(value); redraw(); }),
      choice(item, 'date-format', t('Dates look like'), [['', t('Find out')]].concat(dates.map(function (each) { return [each, shown(each)]; })), draft.date_format || '', set('date_format')),
      choice(item, 'decimal', t('Decimal mark'), [['', t('Find out')], ['.', t('Point: 1,234.50')], [',', t('Comma: 1.234,50')]], draft.decimal || '', function (value) {
        draft.decimal = value || null;
        draft.thousands = null;
      }),
      el('div', { className: 'import-field' }, el('label', { for: currency.id }, t('Currency')), currency),
      el('div', { className: 'import-check' }, invert, el('label', { for: invert.id }, t('Positive amounts went out')))
    ];
  }

  function wanted(draft) {
    var mapping = Object.assign({}, draft), chosen = {};
    Object.keys(draft.columns).forEach(function (role) {
      var value = draft.columns[role];
      if (value !== null && value !== undefined && !(Array.isArray(value) && !value.length)) { chosen[role] = value; }
    });
    mapping.columns = chosen;
    Object.keys(mapping).forEach(function (name) { if (mapping[name] === null) { delete mapping[name]; } });
    return mapping;
  }

  /* The form, or nothing where it would be of no use. `again` reads the file anew, `redraw` draws its card. */
  function adjust(item, again, redraw) {
    var other = item.result && item.result.format !== 'csv';
    if (other || item.file.size > fd.largest) { return null; }
    if (item.head === undefined) { load(item, redraw); }
    if (!item.head) { return null; }
    var draft = item.draft = item.draft || JSON.parse(JSON.stringify(known(item) || guessed(item.head)));
    var rows = records(item.head, draft.delimiter || ','), skip = draft.skip_lines || 0;
    if (rows.length < 2 || !rows.some(function (row) { return row.length > 1; })) { return null; }
    var read = fd.button(t('Read it this way'), function () {
      Object.assign(item, { given: wanted(draft), draft: null, result: null, adjusting: true });
      again();
    }, { 'data-key': 'map-go' });
    var anew = item.given ? fd.button(t('Find out by itself'), function () {
      Object.assign(item, { given: null, draft: null, result: null, adjusting: false });
      again();
    }, { 'data-key': 'map-anew' }) : null;
    var box = el('details', { className: 'import-adjust', open: item.adjusting === undefined ? item.phase === 'refused' : item.adjusting },
      el('summary', { 'data-key': 'adjust' }, t('How the file is read')),
      el('p', { className: 'quiet' }, t('If columns, dates or signs are wrong, say here what they are. It is remembered for the next file with the same header.')),
      sample(item, rows, skip), el('div', { className: 'import-fields' }, columns(item, draft, rows, redraw), settings(item, draft, rows, redraw)),
      el('div', { className: 'import-actions' }, read, anew));
    box.addEventListener('toggle', function () { item.adjusting = box.open; });
    return box;
  }

  fd.adjust = adjust;
})();
