/* Asks the browser for a passkey and sends what it answers. Each page that has it goes on without it, by a code. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-passkey]");
  if (!form || !window.PublicKeyCredential || !navigator.credentials) return;
  const BYTES = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
  const text = (buffer) =>
    btoa(Array.from(new Uint8Array(buffer), (each) => String.fromCharCode(each)).join(""))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const show = (name, shown) =>
    form.querySelectorAll(`[data-when="${name}"]`).forEach((each) => { each.hidden = !shown; });

  function asked() {
    const { publicKey } = JSON.parse(form.dataset.options);
    publicKey.challenge = bytes(publicKey.challenge);
    if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
    for (const each of [...(publicKey.excludeCredentials || []), ...(publicKey.allowCredentials || [])]) {
      each.id = bytes(each.id);
    }
    return { publicKey };
  }

  function written(given) {
    const response = {};
    for (const name of BYTES) if (given.response[name]) response[name] = text(given.response[name]);
    if (given.response.getTransports) response.transports = given.response.getTransports();
    return JSON.stringify({
      type: given.type,
      id: given.id,
      rawId: text(given.rawId),
      authenticatorAttachment: given.authenticatorAttachment,
      response,
      clientExtensionResults: given.getClientExtensionResults(),
    });
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    show("failed", false);
    show("known", false);
    try {
      const given = await navigator.credentials[form.dataset.passkey](asked());
      form.elements.credential.value = written(given);
      form.submit();
    } catch (error) {
      show(error.name === "InvalidStateError" ? "known" : "failed", true);
    }
  });
  show("unable", false);
  show("able", true);
})();
