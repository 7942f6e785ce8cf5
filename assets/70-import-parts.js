/* The import page's pieces: elements made of text only, amounts and days in the tenant's locale, the way to the API. */
(function () {
  'use strict';
  var fdImport = window.fdImport = { locale: 'en', writes: false, largest: Infinity };
  var STATUSES = { new: 'New', duplicate: 'Duplicate', review: 'To review', skipped: 'Skipped' };
  var UNREACHED = 'The server could not be reached. Check the connection and try again.';

  /* An element: `options` are properties, or attributes where the name has a dash or is `role` or `for`. */
  function el(tag, options) {
    var node = document.createElement(tag);
    Object.keys(options || {}).forEach(function (name) {
      var value = options[name];
      if (value === undefined || value === null) { return; }
      if (/-|^role$|^for$|^scope$/.test(name)) { node.setAttribute(name, value); } else { node[name] = value; }
    });
    node.append.apply(node, Array.prototype.slice.call(arguments, 2).flat(Infinity).filter(function (child) {
      return child !== null && child !== undefined && child !== '';
    }));
    return node;
  }

  function icon(name) { return el('span', { className: 'icon icon-' + name, 'aria-hidden': 'true' }); }

  /* A foreign text: its direction is its own, so that it cannot turn what stands around it. */
  function foreign(text, className) { return el('bdi', { className: className || '', title: text }, text); }

  function button(words, act, options) {
    var node = el('button', Object.assign({ type: 'button', className: 'button' }, options), words);
    node.addEventListener('click', act);
    return node;
  }

  function within(kind, options) {
    try { return new Intl[kind](fdImport.locale, options); } catch (error) { return new Intl[kind]('en', options); }
  }

  function number(value) { return within('NumberFormat').format(value); }

  /* A decimal text stays one: Intl takes it digit by digit, and no amount passes through a float. */
  function money(text, currency) {
    var shown;
    try {
      shown = within('NumberFormat', { style: 'currency', currency: currency }).format(text);
    } catch (error) {
      shown = text + '\u00a0' + currency;
    }
    return el('span', { className: 'money' + (text.charAt(0) === '-' ? '' : ' inflow') }, shown.replace('-', '\u2212'));
  }

  function day(text) {
    var options = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' };
    return el('time', { className: 'date', dateTime: text }, within('DateTimeFormat', options).format(new Date(text + 'T00:00Z')));
  }

  function moment(text) {
    var options = { dateStyle: 'medium', timeStyle: 'short' };
    return el('time', { dateTime: text }, within('DateTimeFormat', options).format(new Date(text)));
  }

  function size(bytes) {
    var large = bytes >= 1e6;
    var options = { style: 'unit', unit: large ? 'megabyte' : 'kilobyte', unitDisplay: 'short', maximumFractionDigits: 1 };
    return within('NumberFormat', options).format(Math.max(0.1, bytes / (large ? 1e6 : 1e3)));
  }

  /* "1 entry", "2 entries" */
  function many(count, one, more) { return number(count) + ' ' + (count === 1 ? one : more); }

  function csrf() {
    var cookie = /(?:^|; )fd_csrf=([^;]*)/.exec(document.cookie);
    return cookie ? decodeURIComponent(cookie[1]) : '';
  }

  function signIn() { window.location.assign('/sign-in?next=' + encodeURIComponent(window.location.pathname)); }

  /* What an answer says went wrong, in the form of RFC 9457; also when it is no such answer. */
  function problem(status, body) {
    if (status === 401) { signIn(); }
    var known = body && typeof body === 'object' ? body : {};
    return {
      status: status,
      code: known.code || '',
      detail: known.detail || known.title || (status ? 'The server answered with an error (' + status + ').' : UNREACHED),
      errors: known.errors || [],
      accounts: known.accounts || []
    };
  }

  function parsed(text) {
    try { return text ? JSON.parse(text) : null; } catch (error) { return null; }
  }

  /* The answer's JSON; rejects with a problem. */
  function ask(method, path, body) {
    var headers = { Accept: 'application/json', 'X-CSRF-Token': csrf() };
    if (body !== undefined) { headers['Content-Type'] = 'application/json'; }
    var options = { method: method, headers: headers, credentials: 'same-origin', body: body && JSON.stringify(body) };
    return window.fetch(path, options).then(
      function (answer) {
        return answer.text().then(function (text) {
          var value = parsed(text);
          if (!answer.ok) { throw problem(answer.status, value); }
          return value;
        });
      },
      function () { throw problem(0, null); }
    );
  }

  /* Send a file as a form. XMLHttpRequest, because fetch does not say how much has been sent. */
  function upload(file, fields, sent, later) {
    var request = new XMLHttpRequest(), form = new FormData();
    Object.keys(fields).forEach(function (name) { form.append(name, fields[name]); });
    form.append('file', file, file.name);
    var answer = new Promise(function (resolve, reject) {
      request.upload.addEventListener('progress', function (event) {
        if (event.lengthComputable) { sent(event.loaded, event.total); }
      });
      request.addEventListener('load', function () {
        var value = parsed(request.responseText);
        if (request.status >= 200 && request.status < 300 && value) { resolve(value); } else { reject(problem(request.status, value)); }
      });
      request.addEventListener('error', function () { reject(problem(0, null)); });
      request.addEventListener('abort', function () { reject({ aborted: true }); });
    });
    request.open('POST', '/financial/imports');
    request.setRequestHeader('X-CSRF-Token', csrf());
    request.setRequestHeader('Accept', 'application/json');
    if (later) { request.setRequestHeader('Prefer', 'respond-async'); }
    request.send(form);
    return { answer: answer, abort: function () { request.abort(); } };
  }

  function say(text) {
    var place = document.getElementById('import-said');
    if (place) { place.textContent = text; }
  }

  /* What went wrong, beside what it is about. */
  function trouble(title, fault) {
    return el('div', { className: 'banner import-trouble', role: 'alert' }, icon('alert-circle'),
      el('div', {}, el('p', { className: 'strong' }, title), el('p', {}, fault.detail), list(fault.errors.map(function (each) {
        return [each.field, each.message].filter(Boolean).join(': ');
      }))));
  }

  function list(texts, className) {
    if (!texts.length) { return null; }
    return el('ul', { className: 'import-list ' + (className || '') }, texts.map(function (text) { return el('li', {}, text); }));
  }

  /* A button that asks once more in its own place before it acts. */
  function confirmed(words, question, yes, act, label) {
    var box = el('span', { className: 'import-confirm' });
    function close() { box.replaceChildren(first()); box.firstChild.focus(); }
    function open() {
      var sure = button(yes, function () { sure.disabled = true; act(close); }, { className: 'button button-danger' });
      box.replaceChildren(el('span', { className: 'import-question' }, question), sure, button('Cancel', close));
      sure.focus();
      say(question);
    }
    function first() { return button(words, open, { 'aria-label': label }); }
    box.append(first());
    return box;
  }

  Object.assign(fdImport, {
    STATUSES: STATUSES, el: el, icon: icon, foreign: foreign, button: button, number: number, money: money, day: day,
    moment: moment, size: size, many: many, ask: ask, upload: upload, say: say, trouble: trouble, list: list,
    confirmed: confirmed, problem: problem
  });
})();
