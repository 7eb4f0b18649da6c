// Two minutes before somebody is logged out, a dialog says so. The server alone decides when; this only asks it.
(() => {
  "use strict";
  const box = document.getElementById("idle");
  if (!box) return;
  const warn = Number(box.dataset.warn);
  const asking = { headers: { "X-Background": "1" }, cache: "no-store", credentials: "same-origin" };
  let timer = 0;

  const out = () => location.replace(box.dataset.door);

  const plan = (left) => {
    clearTimeout(timer);
    if (left > warn) {
      if (box.open) box.close();
      timer = setTimeout(ask, (left - warn) * 1000);
    } else {
      if (!box.open) box.showModal();
      timer = setTimeout(ask, left * 1000 + 500);
    }
  };

  const hear = async (answer) => {
    const left = answer.ok && !answer.redirected ? Number(await answer.text()) : NaN;
    if (left > 0) plan(left); else out();
  };

  // Without a network nothing is known: try again soon rather than throw somebody out.
  const ask = () => fetch(box.dataset.stay, asking).then(hear).catch(() => { timer = setTimeout(ask, 15000); });

  const form = box.querySelector("[data-stay-form]");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    fetch(box.dataset.stay, { ...asking, method: "POST", body: new FormData(form) }).then(hear).catch(() => form.submit());
  });
  box.addEventListener("cancel", (event) => { event.preventDefault(); form.requestSubmit(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
  plan(Number(box.dataset.left));
})();
