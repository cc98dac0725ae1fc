/* Small behaviour of the portal: charts from data, the menu on a phone, keyboard, confirmation, one click only. */
(function () {
  "use strict";
  function draw(root) {
    root.querySelectorAll('script[data-chart]').forEach(function (data) {
      var box = document.getElementById(data.dataset.chart);
      if (!box || !window.echarts) { return; }
      var old = window.echarts.getInstanceByDom(box);
      if (old) { old.dispose(); }
      var chart = window.echarts.init(box, null, { renderer: "svg" });
      var option = JSON.parse(data.textContent);
      option.animation = false;
      option.textStyle = { fontFamily: getComputedStyle(document.body).fontFamily };
      chart.setOption(option);
      window.addEventListener("resize", function () { chart.resize(); });
    });
  }
  function confirmFirst(event) {
    var words = event.target.closest("form") && event.target.closest("form").dataset.confirm;
    if (words && !window.confirm(words)) { event.preventDefault(); event.stopImmediatePropagation(); }
  }
  function once(event) {
    /* A double click must not send twice; the server's idempotency key is the real guard. */
    var form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.method === "post" && !form.hasAttribute("hx-post") && !("repeatable" in form.dataset)) { form.dataset.sent = "1"; }
  }
  function growing(root) {
    /* A table of lines to type always ends in an empty one. */
    root.querySelectorAll("[data-grow]").forEach(function (body) {
      body.addEventListener("input", function (event) {
        var last = body.lastElementChild;
        if (!last.contains(event.target) || !event.target.value || body.children.length >= 400) { return; }
        var next = last.cloneNode(true);
        next.querySelectorAll("input").forEach(function (input) { input.value = input.defaultValue; });
        body.appendChild(next);
        if (window.htmx) { window.htmx.process(next); }
      });
    });
  }
  function signatures(root) {
    /* A box to sign in: what is drawn goes into the form as a PNG under the name of the field. */
    root.querySelectorAll("canvas[data-sign]").forEach(function (box) {
      var pen = box.getContext("2d"), drawing = false, kept = document.createElement("input");
      kept.type = "hidden"; kept.name = box.dataset.sign; kept.disabled = true; box.after(kept);
      function at(event) { var r = box.getBoundingClientRect(); return [(event.clientX - r.left) * box.width / r.width, (event.clientY - r.top) * box.height / r.height]; }
      pen.lineWidth = 2.2; pen.lineCap = "round"; pen.strokeStyle = "#17262b";
      box.addEventListener("pointerdown", function (e) { drawing = true; pen.beginPath(); pen.moveTo.apply(pen, at(e)); e.preventDefault(); });
      box.addEventListener("pointermove", function (e) { if (drawing) { pen.lineTo.apply(pen, at(e)); pen.stroke(); } });
      window.addEventListener("pointerup", function () { if (drawing) { drawing = false; kept.disabled = false; kept.value = box.toDataURL("image/png"); } });
    });
  }
  function typing(target) { return /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) || target.isContentEditable; }
  function keys(event) {
    if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
    if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) { return; }
    var goal = document.querySelector('[data-key="' + CSS.escape(event.key) + '"]');
    if (!goal) { return; }
    event.preventDefault();
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(goal.tagName)) { goal.focus(); goal.select && goal.select(); } else { goal.click(); }
  }
  document.addEventListener("DOMContentLoaded", function () {
    draw(document);
    signatures(document);
    growing(document);
    document.querySelectorAll(".side .menu").forEach(function (b) {
      b.addEventListener("click", function () {
        b.setAttribute("aria-expanded", String(document.querySelector(".side").classList.toggle("open")));
      });
    });
    document.querySelectorAll("[data-print]").forEach(function (b) { b.addEventListener("click", function () { window.print(); }); });
    document.querySelectorAll("[data-submit-on-change]").forEach(function (s) { s.addEventListener("change", function () { s.form.requestSubmit(); }); });
  });
  document.addEventListener("submit", confirmFirst, true);
  document.addEventListener("submit", once);
  window.addEventListener("pageshow", function () { document.querySelectorAll("form[data-sent]").forEach(function (f) { delete f.dataset.sent; }); });
  document.addEventListener("keydown", keys);
  document.addEventListener("htmx:afterSwap", function (event) { draw(event.target); });
  document.addEventListener("htmx:sendError", function () { document.getElementById("messages").textContent = document.body.dataset.offline; });
}());
