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
      const send = window.tus ? sendInParts : sendAtOnce;
      location.assign(`/versions/${await send(file.files[0])}`);
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

  // What breaks off goes on by itself, and after a reload where the same file is sent again.
  async function sendInParts(chosen) {
    let version;
    const metadata = {
      dataset: dataset.value,
      filename: chosen.name,
      submit: String(upload.querySelector("#submit").checked),
    };
    const key = ["dcs", ...Object.values(metadata), chosen.size, chosen.lastModified].join(" ");
    progress.hidden = false;
    await new Promise((resolve, reject) => {
      const sending = new tus.Upload(chosen, {
        endpoint: "/api/v1/uploads",
        metadata,
        fingerprint: async () => key,
        retryDelays: [0, 1000, 2000, 4000, 8000, 16000],
        removeFingerprintOnSuccess: true,
        onProgress: showProgress,
        onAfterResponse: (request, response) => {
          version = response.getHeader("DCS-Version") || version;
        },
        onSuccess: resolve,
        onError: (error) => reject(new Error(reasonOf(error))),
      });
      sending.findPreviousUploads().then((found) => {
        if (found.length) {
          sending.resumeFromPreviousUpload(found[0]);
          message.textContent = "Going on where it broke off.";
        }
        sending.start();
      }, reject);
    });
    return version;
  }

  function showProgress(sent, total) {
    progress.value = (sent / total) * 100;
  }

  function reasonOf(error) {
    try {
      return saidBy(JSON.parse(error.originalResponse.getBody()));
    } catch {
      return "The connection broke off. Send it again, and it goes on from there.";
    }
  }

  function saidBy(problem) {
    return [problem.detail, ...(problem.reasons || [])].filter(Boolean).join(" ");
  }

  function sendAtOnce(chosen) {
    const query = new URLSearchParams({
      filename: chosen.name,
      submit: upload.querySelector("#submit").checked,
    });
    const request = new XMLHttpRequest(); // fetch does not tell how much has been sent
    request.open("PUT", `/api/v1/datasets/${encodeURIComponent(dataset.value)}/versions?${query}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.responseType = "json";
    progress.hidden = false;
    request.upload.addEventListener("progress", (sent) => showProgress(sent.loaded, sent.total));
    return new Promise((resolve, reject) => {
      request.addEventListener("load", () => {
        const answer = request.response || {};
        if (request.status < 300) resolve(answer.id);
        else reject(new Error(saidBy(answer)));
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

// A deadline runs: what is left of it stands behind it, to the second once it is near.
function left(until) {
  const seconds = Math.floor((until - Date.now()) / 1000);
  if (seconds <= 0) return "the time is over";
  const [days, hours] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24];
  const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60];
  if (days) return `${days} d ${hours} h left`;
  if (hours) return `${hours} h ${minutes} min left`;
  return `${minutes} min ${rest} s left`;
}

function tellWhatIsLeft() {
  for (const each of document.querySelectorAll("time[data-until]")) {
    let said = each.nextElementSibling;
    if (!said?.classList.contains("left")) {
      said = document.createElement("span");
      said.className = "left";
      each.after(said);
    }
    said.textContent = ` (${left(new Date(each.dateTime))})`;
  }
}

tellWhatIsLeft();
setInterval(tellWhatIsLeft, 1000);
document.addEventListener("htmx:after:settle", tellWhatIsLeft);
