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
    if (form.method === "post" && !form.hasAttribute("hx-post")) { form.dataset.sent = "1"; }
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
