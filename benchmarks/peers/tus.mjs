// The tus project's own server for Node with its file store, and SHA-256 of every upload.
//   node tus.mjs PORT FOLDER stream|again
// "stream" hashes the bytes on their way to the file, "again" reads the finished file once more.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { Transform } from "node:stream";
import { pathToFileURL } from "node:url";

const require = createRequire(path.join(process.cwd(), "package.json"));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { Server } = await load("@tus/server");
const { FileStore } = await load("@tus/file-store");
const [port, directory, way] = process.argv.slice(2);

class HashingStore extends FileStore {
  hashes = new Map();

  async write(readable, id, offset) {
    const running = this.hashes.get(id) ?? createHash("sha256");
    this.hashes.set(id, running);
    const hashing = new Transform({
      transform(chunk, _, done) {
        running.update(chunk);
        done(null, chunk);
      },
    });
    readable.on("error", (error) => hashing.destroy(error));
    return super.write(readable.pipe(hashing), id, offset);
  }
}

async function hashAgain(upload) {
  const running = createHash("sha256");
  const file = createReadStream(path.join(directory, upload.id), { highWaterMark: 1024 * 1024 });
  for await (const chunk of file) running.update(chunk);
  return running.digest("hex");
}

const datastore = way === "stream" ? new HashingStore({ directory }) : new FileStore({ directory });
const server = new Server({
  path: "/files",
  relativeLocation: true,
  datastore,
  async onUploadFinish(_request, upload) {
    const digest =
      way === "stream" ? datastore.hashes.get(upload.id).digest("hex") : await hashAgain(upload);
    return { headers: { "X-SHA256": digest } };
  },
});
server.listen({ host: "127.0.0.1", port: Number(port) });
