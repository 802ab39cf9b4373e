/** Builds the one file that Streamlit serves: `../static/canvas-HASH.js`, with its styles inside. */
import { defineConfig } from "vitest/config";

export default defineConfig({
  define: { "process.env.NODE_ENV": JSON.stringify("production") },
  build: {
    outDir: "../static",
    emptyOutDir: true,
    target: "es2022",
    minify: true,
    lib: { entry: "src/index.tsx", formats: ["es"] },
    rolldownOptions: {
      output: { entryFileNames: "canvas-[hash].js", codeSplitting: false, minify: true },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
