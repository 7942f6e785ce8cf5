/* The page on embeds: shows the frame that its form describes as a site would, with the same script. */
(function () {
  'use strict';
  var t = window.fd.t;
  var shown = null;
  var turn = 0;

  function make(request) { return window.fdImport.ask('POST', '/financial/embeds', request); }

  function script() {
    if (window.FinancialEmbed) { return Promise.resolve(); }
    return new Promise(function (resolve, reject) {
      var tag = document.createElement('script');
      tag.src = '/assets/embed-host.js';
      tag.onload = resolve;
      tag.onerror = reject;
      document.head.append(tag);
    });
  }

  function note(type, event) {
    var list = document.getElementById('embeds-events');
    if (!list || type === 'token') { return; }
    var line = document.createElement('li');
    var details = Object.assign({}, event);
    delete details.type;
    line.textContent = type + ' ' + JSON.stringify(details);
    list.prepend(line);
    while (list.children.length > 6) { list.lastChild.remove(); }
  }

  function say(place, words) {
    var text = document.createElement('p');
    text.className = 'embeds-wrong';
    text.textContent = words;
    place.replaceChildren(text);
  }

  /* The frame's address on this very site: `preview` lets this page show it, whatever the registered sites are. */
  function here(address) {
    var url = new URL(address);
    return window.location.origin + url.pathname + url.search + '&preview=1';
  }

  function showEmbed(request) {
    var place = document.getElementById('embeds-frame');
    if (!request || !place) { return window.dash_clientside.no_update; }
    var mine = turn += 1;
    var first = null;
    Promise.all([make(request), script()]).then(function (made) {
      if (mine !== turn) { return; }
      if (shown) { shown.remove(); }
      place.replaceChildren();
      first = made[0].token;
      shown = window.FinancialEmbed.mount(place, {
        url: here(made[0].url),
        title: t('Preview'),
        token: function (reason) {
          var ready = first;
          first = null;
          return reason === 'start' && ready ? ready : make(request).then(function (again) { return again.token; });
        },
        on: note
      });
    }).catch(function (fault) { if (mine === turn) { say(place, fault.detail || t('The frame could not be made.')); } });
    return mine;
  }

  document.addEventListener('click', function (event) {
    var button = event.target.closest('[data-copy]');
    if (!button || !navigator.clipboard) { return; }
    navigator.clipboard.writeText(button.getAttribute('data-copy')).then(function () {
      button.textContent = t('Copied');
      setTimeout(function () { button.textContent = t('Copy'); }, 2000);
    });
  });

  window.dash_clientside = Object.assign({}, window.dash_clientside);
  window.dash_clientside.fd = Object.assign({}, window.dash_clientside.fd, { showEmbed: showEmbed });
})();
