// Builds styles and scripts into app/static/build: fingerprinted, minified, pre-compressed, with a manifest.
// Files are named after their content, so a file that is already there is never compressed again.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";
import { makeLogical } from "./logical.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const out = join(root, "app", "static", "build");
// A phone of 2020 that still updates its browser.
const browsers = ["chrome87", "firefox78", "safari14.1"];

function style(name) {
  const compiled = sass.compile(join(here, "sass", `${name}.scss`), { style: "expanded", quietDeps: true });
  return minify(makeLogical(compiled.css), "css");
}

// No browser target for CSS: esbuild would turn logical properties back into left and right.
function minify(code, loader) {
  return Buffer.from(esbuild.transformSync(code, { loader, minify: true, legalComments: "none" }).code);
}

function script(name) {
  const built = esbuild.buildSync({
    entryPoints: [join(here, "js", `${name}.js`)],
    bundle: true,
    minify: true,
    format: "iife",
    target: browsers,
    write: false,
  });
  return Buffer.from(built.outputFiles[0].contents);
}

function fingerprinted(name, content) {
  const dot = name.lastIndexOf(".");
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  return `${name.slice(0, dot)}-${hash}${name.slice(dot)}`;
}

function put(file, content) {
  const path = join(out, file);
  if (existsSync(path)) return;
  const part = `${path}.part`;
  writeFileSync(part, content);
  renameSync(part, path);
}

function publish(name, content) {
  const file = fingerprinted(name, content);
  if (!existsSync(join(out, `${file}.gz`))) {
    const options = {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: content.length,
      },
    };
    put(`${file}.br`, brotliCompressSync(content, options));
    put(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
  put(file, content);
  return file;
}

function sweep(files) {
  const wanted = new Set(["manifest.json", ...files.flatMap((f) => [f, `${f}.br`, `${f}.gz`])]);
  for (const file of readdirSync(out)) if (!wanted.has(file)) rmSync(join(out, file));
}

const plotly = join(root, "node_modules", "plotly.js-cartesian-dist-min", "plotly-cartesian.min.js");
const sources = {
  "public.css": () => style("public"),
  "staff.css": () => style("staff"),
  "public.js": () => script("public"),
  "staff.js": () => script("staff"),
  "coding.js": () => script("coding"),
  "design.js": () => script("design"),
  "outline.js": () => script("outline"),
  "plotly.js": () => readFileSync(plotly),
};

mkdirSync(out, { recursive: true });
const manifest = {};
for (const [name, build] of Object.entries(sources)) manifest[name] = publish(name, build());
const next = join(out, "manifest.json.part");
writeFileSync(next, `${JSON.stringify(manifest, null, 2)}\n`);
renameSync(next, join(out, "manifest.json"));
sweep(Object.values(manifest));
