// What the pages do better with JavaScript. Every page works without it.
(() => {
  "use strict";
  const root = document.documentElement;
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  root.classList.add("js");

  const say = (text) => { const live = $("#live"); if (live) live.textContent = text; };

  // An error summary takes the focus; its links bring the label into view, then focus the field.
  const focusErrors = (within) => { const box = $(".errors", within); if (box) box.focus(); };
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".errors a[href^='#']");
    if (!link) return;
    const field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    const label = field.closest("fieldset")?.querySelector("legend") || $(`label[for="${CSS.escape(field.id)}"]`);
    (label || field).scrollIntoView();
    field.focus({ preventScroll: true });
  });

  // Menus close when something else is clicked, and with Escape.
  document.addEventListener("click", (event) => {
    for (const menu of $$("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of $$("details.menu[open]")) { menu.open = false; $("summary", menu).focus(); }
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const show = event.target.closest("[data-show]");
    if (show) {
      const field = document.getElementById(show.dataset.show);
      const hidden = field.type === "password";
      field.type = hidden ? "text" : "password";
      show.setAttribute("aria-pressed", String(hidden));
      field.focus();
    }
  });

  // Search or jump to: Ctrl K, or its link in the bar. Esc closes it, as any dialog, and the focus goes back.
  const palette = $("#palette");
  let opener = null;
  palette?.addEventListener("close", () => (opener || $("[data-palette]")).focus());
  const openPalette = () => {
    opener = document.activeElement === document.body ? null : document.activeElement;
    const field = $("input", palette);
    palette.showModal();
    field.select();
    field.dispatchEvent(new Event("palette"));
  };
  document.addEventListener("keydown", (event) => {
    if (!palette || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    if (palette.open) palette.close(); else openPalette();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-palette]") && palette && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); openPalette(); }
    if (event.target.closest("[data-close]") || event.target === palette) event.target.closest("dialog").close();
  });

  // A form is sent once: its button turns busy and a second click does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-busy]") || event.defaultPrevented) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    // Enter pressed a button that nobody sees: the one that it stands for turns busy.
    const unseen = event.submitter?.matches("[data-enter]");
    const button = unseen ? $(".btn-primary[type=submit]", form) : event.submitter;
    if (button) { button.classList.add("is-busy"); button.setAttribute("aria-disabled", "true"); }
  });
  const wake = () => {
    for (const form of $$("form[data-sent]")) delete form.dataset.sent;
    for (const button of $$(".btn.is-busy")) { button.classList.remove("is-busy"); button.removeAttribute("aria-disabled"); }
  };
  window.addEventListener("pageshow", wake);

  // Booking: the summary follows the chosen time.
  document.addEventListener("change", (event) => {
    const slot = event.target;
    if (slot.name !== "slot" || !slot.dataset.when) return;
    for (const node of $$("[data-sum=when]")) node.textContent = slot.dataset.when;
    for (const node of $$("[data-sum=until]")) node.textContent = slot.dataset.until;
  });

  // Back in this tab after a while: the free times may have changed meanwhile.
  let left = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { left = Date.now(); return; }
    const day = $("#sheet [name=day]:checked");
    if (day && left && Date.now() - left > 30000) day.dispatchEvent(new Event("change", { bubbles: true }));
  });

  // On a phone the strip of days scrolls: the chosen one is in sight.
  const showChosenDay = () => {
    const chosen = $(".days :checked");
    if (!chosen) return;
    const strip = chosen.closest(".days"), day = chosen.parentElement;
    strip.scrollLeft = day.offsetLeft - (strip.clientWidth - day.offsetWidth) / 2;
  };
  showChosenDay();

  // A part of the page that came from the server says where the focus goes.
  document.addEventListener("htmx:afterSwap", (event) => {
    const part = event.detail.elt;
    showChosenDay();
    // A link that fetched other days is gone with them: the keyboard goes on at the day that is chosen now.
    if (part.id === "sheet" && document.activeElement === document.body) {
      const day = $(".days :checked", part);
      if (day) day.focus({ preventScroll: true });
      return;
    }
    const target = part.matches?.("[data-focus]") ? part : $("[data-focus]", part);
    if (target) target.focus();
    else focusErrors(part);
  });
  for (const name of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(name, () => say(document.body.dataset.failed));
  }

  for (const button of $$("[data-show][hidden]")) button.hidden = false;
  focusErrors(document);
})();
