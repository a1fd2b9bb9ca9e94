// The little the pages need: sending a file with progress, and following a journey
// where the browser library that does it otherwise was not built.

const upload = document.querySelector("#upload");
if (upload) {
  const file = upload.querySelector("#file");
  const dataset = upload.querySelector("#dataset");
  const progress = upload.querySelector("#progress");
  const message = upload.querySelector("#message");
  const button = upload.querySelector("button");

  file.addEventListener("change", () => {
    const chosen = file.files[0];
    if (chosen && !dataset.value) {
      dataset.value = chosen.name.replace(/\.[^.]*$/, "").replace(/[^A-Za-z0-9._-]+/g, "-").replace(/^[^A-Za-z0-9]+/, "");
    }
  });

  upload.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    message.textContent = "";
    try {
      await ensureDataset();
      const version = await send(file.files[0]);
      location.assign(`/versions/${version.id}`);
    } catch (problem) {
      message.textContent = problem.message;
      message.className = "alert";
      progress.hidden = true;
      button.disabled = false;
    }
  });

  async function ensureDataset() {
    const fields = new URLSearchParams({
      name: dataset.value,
      classification: upload.querySelector("#classification").value,
    });
    const answer = await fetch("/datasets", { method: "POST", body: fields });
    if (!answer.ok) throw new Error(await detailOf(answer));
  }

  function send(chosen) {
    const query = new URLSearchParams({
      filename: chosen.name,
      submit: upload.querySelector("#submit").checked,
    });
    const request = new XMLHttpRequest(); // fetch does not tell how much has been sent
    request.open("PUT", `/api/v1/datasets/${encodeURIComponent(dataset.value)}/versions?${query}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    progress.hidden = false;
    request.upload.addEventListener("progress", (sent) => {
      progress.value = (sent.loaded / sent.total) * 100;
    });
    return new Promise((resolve, reject) => {
      request.addEventListener("load", () => {
        const answer = request.response || {};
        if (request.status < 300) resolve(answer);
        else reject(new Error([answer.detail, ...(answer.reasons || [])].filter(Boolean).join(" ")));
      });
      request.addEventListener("error", () => reject(new Error("The connection broke off. Send it again.")));
      request.send(chosen);
    });
  }

  async function detailOf(answer) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const text = page.querySelector("main")?.innerText.trim();
    return text || `The server answered ${answer.status}.`;
  }
}

const journey = document.querySelector("#journey[data-version]");
if (journey && !window.htmx) {
  const { version, status } = journey.dataset;
  fetch(`/api/v1/versions/${version}/change?from=${status}`).then(() => location.reload());
}
