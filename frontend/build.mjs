// Builds everything a page loads into the folder given as the first argument:
//
//   NAME-HASH.js    one for each file src/*.js, with what they share in chunks of its own
//   theme-HASH.js   small and classic, so that the colours are right before the first paint
//   sw-HASH.js      classic as well: the service worker, which shows notices that are pushed
//   app-HASH.css    Tabler's parts, then src/styles/*.css in the order of their names
//   icons-HASH.svg  one sprite of the icons that icons.txt lists
//   manifest.json   {"app.js": "app-HASH.js", …}, read by planner/web/assets.py
//   licenses.txt    the licences of what was built in
//
// The hash of the content stands in each name, so a browser may keep a file for ever.

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync, existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import * as esbuild from "esbuild";
import * as sass from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const source = join(here, "src");
const modules = join(here, "node_modules");
const target = process.argv[2];
const CLASSIC = ["theme.js", "sw.js"];
const manifest = {};
const used = new Set();

if (!target) {
  console.error("usage: node build.mjs FOLDER");
  process.exit(2);
}
mkdirSync(target, { recursive: true });

await buildModules();
await buildClassicScripts();
await buildStyles();
buildIcons();
writeLicences();
write("manifest.json", JSON.stringify(manifest, null, 2) + "\n");
compress();

async function buildModules() {
  const entries = readdirSync(source).filter((name) => name.endsWith(".js") && !CLASSIC.includes(name));
  const result = await esbuild.build({
    ...common(),
    entryPoints: entries.map((name) => join(source, name)),
    format: "esm",
    splitting: true,
    chunkNames: "chunk-[hash]",
  });
  note(result.metafile);
}

async function buildClassicScripts() {
  const result = await esbuild.build({ ...common(), entryPoints: CLASSIC.map((name) => join(source, name)), format: "iife" });
  note(result.metafile);
}

async function buildStyles() {
  const tabler = sass.compile(join(source, "tabler.scss"), { loadPaths: [modules], quietDeps: true, charset: false });
  used.add("@tabler/core");
  const parts = readdirSync(join(source, "styles")).filter((name) => name.endsWith(".css")).sort();
  const contents = [
    "@layer tabler, calendar;",
    '@import "tabler" layer(tabler);',
    '@import "fullcalendar/skeleton.css" layer(calendar);',
    '@import "fullcalendar/themes/classic/theme.css" layer(calendar);',
    ...parts.map((name) => `@import "./styles/${name}";`),
  ].join("\n");
  const result = await esbuild.build({
    ...common(),
    entryPoints: undefined,
    stdin: { contents, resolveDir: source, sourcefile: "app.css", loader: "css" },
    entryNames: "app-[hash]",
    plugins: [fromMemory("tabler", tabler.css)],
  });
  for (const output of Object.keys(result.metafile.outputs)) manifest["app.css"] = basename(output);
  noteInputs(result.metafile);
}

function buildIcons() {
  const names = readFileSync(join(here, "icons.txt"), "utf8").split("\n").map((line) => line.split("#")[0].trim());
  const symbols = [...new Set(names.filter(Boolean))].map(symbol).join("\n");
  used.add("@tabler/icons");
  const hash = createHash("sha256").update(symbols).digest("hex").slice(0, 8).toUpperCase();
  manifest["icons.svg"] = `icons-${hash}.svg`;
  write(manifest["icons.svg"], `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols}\n</svg>\n`);
}

// A name like "flag-filled" is the filled drawing of "flag"; all others are drawn with lines.
function symbol(name) {
  const filled = name.endsWith("-filled");
  const file = join(modules, "@tabler/icons/icons", filled ? "filled" : "outline", `${name.replace(/-filled$/, "")}.svg`);
  if (!existsSync(file)) throw new Error(`icons.txt: Tabler has no icon called ${name}`);
  const drawing = readFileSync(file, "utf8").replace(/<!--.*?-->/gs, "").match(/<svg[^>]*>(.*)<\/svg>/s)[1];
  const paths = drawing.replace(/\s+/g, " ").replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none" ?\/>/g, "").trim();
  const look = filled
    ? 'fill="currentColor"'
    : 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  return `<symbol id="${name}" viewBox="0 0 24 24" ${look}>${paths}</symbol>`;
}

function writeLicences() {
  const texts = [...used].sort().map((name) => {
    const folder = join(modules, name);
    const about = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licence: ${about.license}`;
    return `${name} ${about.version}\n${"-".repeat(72)}\n${text}\n`;
  });
  write("licenses.txt", texts.join("\n\n"));
}

function compress() {
  for (const name of readdirSync(target).filter((entry) => /\.(js|css|svg|txt)$/.test(entry))) {
    const content = readFileSync(join(target, name));
    write(`${name}.gz`, gzipSync(content, { level: 9 }));
    write(`${name}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
  }
}

function common() {
  return {
    bundle: true,
    minify: true,
    metafile: true,
    outdir: target,
    entryNames: "[name]-[hash]",
    target: ["es2022", "chrome109", "firefox115", "safari16.4"],
    legalComments: "none",
    charset: "utf8",
    logLevel: "warning",
    absWorkingDir: here,
  };
}

function note(metafile) {
  for (const [output, { entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint) manifest[basename(entryPoint)] = basename(output);
  }
  noteInputs(metafile);
}

function noteInputs(metafile) {
  for (const input of Object.keys(metafile.inputs)) {
    const match = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/);
    if (match) used.add(match[1]);
  }
}

function fromMemory(name, contents) {
  return {
    name: "from-memory",
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${name}$`) }, () => ({ path: name, namespace: "memory" }));
      build.onLoad({ filter: /.*/, namespace: "memory" }, () => ({ contents, loader: "css", resolveDir: here }));
    },
  };
}

function write(name, content) {
  writeFileSync(join(target, name), content);
}
