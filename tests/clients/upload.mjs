// Send a file with tus-js-client and print, as one line of JSON, what happened.
// Arguments: a JSON object with endpoint, file, token, metadata, options, stream, abortAt.
import fs from "node:fs";
import { PassThrough } from "node:stream";
import * as tus from "tus-js-client";

const given = JSON.parse(process.argv[2]);
const size = fs.statSync(given.file).size;
const trace = [];
let aborted = false;

// A stream that is not seen to come from a file, or the client would look its length up.
const source = given.stream
  ? fs.createReadStream(given.file).pipe(new PassThrough())
  : fs.readFileSync(given.file);
const upload = new tus.Upload(source, {
  endpoint: given.endpoint,
  headers: { Authorization: `Bearer ${given.token}` },
  metadata: given.metadata,
  retryDelays: [0, 100, 300],
  ...given.options,
  onBeforeRequest: (request) => trace.push({ method: request.getMethod() }),
  onAfterResponse: (request, response) => {
    trace.find((each) => each.method === request.getMethod() && !each.status).status =
      response.getStatus();
  },
  onProgress: (sent) => {
    if (given.abortAt && !aborted && sent > size * given.abortAt) {
      aborted = true;
      upload.abort().then(() => setTimeout(() => upload.start(), 50));
    }
  },
  onError: (error) => finish({ error: String(error) }),
  onSuccess: () => finish({ url: upload.url }),
});

function finish(outcome) {
  process.stdout.write(JSON.stringify({ ...outcome, aborted, trace }) + "\n", () => process.exit());
}

upload.start();
