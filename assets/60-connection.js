/* When a callback cannot reach the server, Dash says so only in the console. This says it on the page,
   and leads to the sign-in when the session has ended. */
(function () {
  'use strict';
  var t = window.fd.t, plain = window.fetch;

  function ours(input) {
    var address = typeof input === 'string' ? input : (input && input.url) || String(input);
    return /\/_dash-(update-component|layout|dependencies)/.test(address);
  }

  function notice() {
    if (document.getElementById('fd-connection')) { return; }
    var bar = document.createElement('div');
    bar.id = 'fd-connection';
    bar.className = 'connection';
    bar.setAttribute('role', 'alert');
    var words = document.createElement('span');
    words.textContent = t('The figures could not be fetched.');
    var again = document.createElement('button');
    again.type = 'button';
    again.className = 'button';
    again.textContent = t('Try again');
    again.addEventListener('click', function () { window.location.reload(); });
    bar.append(words, again);
    document.body.append(bar);
  }

  function recovered() {
    var bar = document.getElementById('fd-connection');
    if (bar) { bar.remove(); }
  }

  function read(response) {
    if (response.status === 401) {
      var here = window.location.pathname + window.location.search;
      window.location.assign('/sign-in?next=' + encodeURIComponent(here));
    } else if (response.status >= 400) {
      notice();
    } else {
      recovered();
    }
    return response;
  }

  window.fd.unreached = notice;

  window.fetch = function (input, init) {
    var answer = plain.call(window, input, init);
    if (!ours(input)) { return answer; }
    return answer.then(read, function (error) {
      if (!error || error.name !== 'AbortError') { notice(); }
      throw error;
    });
  };
})();
