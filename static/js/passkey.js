// Passkeys: what the server asks of the device lies in the page as JSON; the answer goes back in a field of the form.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) {
    for (const words of document.querySelectorAll("[data-no-passkeys]")) words.hidden = false;
    return;
  }

  const bytes = (text) => {
    const padded = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(padded), (c) => c.charCodeAt(0));
  };
  const text = (buffer) => {
    const raw = String.fromCharCode(...new Uint8Array(buffer));
    return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  const make = async (asked) => {
    const publicKey = {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: known(asked.excludeCredentials),
    };
    const made = await navigator.credentials.create({ publicKey });
    return {
      attestationObject: text(made.response.attestationObject),
      transports: made.response.getTransports ? made.response.getTransports() : [],
      ...shared(made),
    };
  };

  const use = async (asked) => {
    const publicKey = { ...asked, challenge: bytes(asked.challenge), allowCredentials: known(asked.allowCredentials) };
    const used = await navigator.credentials.get({ publicKey });
    return {
      authenticatorData: text(used.response.authenticatorData),
      signature: text(used.response.signature),
      userHandle: used.response.userHandle ? text(used.response.userHandle) : null,
      ...shared(used),
    };
  };

  const shared = (credential) => ({ clientDataJSON: text(credential.response.clientDataJSON), credential });

  // What the server reads: https://www.w3.org/TR/webauthn-3/#dictdef-registrationresponsejson
  const answer = ({ credential, ...response }) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment,
    response,
  });

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const asked = JSON.parse(document.getElementById(form.dataset.options).textContent).publicKey;
    const failed = form.querySelector("[data-failed]");
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      failed.hidden = true;
      try {
        const found = await (form.dataset.passkey === "make" ? make(asked) : use(asked));
        form.elements.credential.value = JSON.stringify(answer(found));
      } catch (error) {
        failed.hidden = false;
        failed.setAttribute("role", "alert");
        return;
      }
      form.submit();
    });
  }
})();
