// Builds page.html, one file: script and style stand in it, and its policy allows just these two and nothing else.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type Plugin, defineConfig } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.env.DFLARE_PAGE ?? resolve(here, "page.html");

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

function onePage(): Plugin {
  return {
    name: "one-page",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      let script = "";
      let style = "";
      for (const [name, part] of Object.entries(bundle)) {
        if (part.type === "chunk") script += part.code.trimEnd();
        else if (name.endsWith(".css")) style += String(part.source).trimEnd();
        delete bundle[name];
      }
      const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; img-src data:; base-uri 'none'; form-action 'none'`;
      const page = readFileSync(resolve(here, "src/page.html"), "utf8")
        .replace("@POLICY@", () => policy)
        .replace("@STYLE@", () => style)
        .replace("@SCRIPT@", () => script);
      writeFileSync(target, page);
    },
  };
}

export default defineConfig({
  plugins: [onePage()],
  build: {
    target: "es2022",
    write: false,
    modulePreload: false,
    cssCodeSplit: false,
    rollupOptions: { input: resolve(here, "src/main.ts"), output: { format: "iife" } },
  },
});
