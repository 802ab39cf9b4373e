/** What differs in code, line by line. */
import { useMemo } from "react";

import { diffFiles } from "../core/diff";

const SIGNS = { same: " ", added: "+", removed: "−", gap: "" } as const;

export function CodeDiff({ text }: { text: string }) {
  const files = useMemo(() => diffFiles(text), [text]);
  return (
    <>
      {files.map((file) => (
        <figure className="diff" key={file.name}>
          <figcaption className="mono cut" title={file.name}>{file.name}</figcaption>
          <div className="diff-scroll" tabIndex={0} role="region" aria-label={`Code of ${file.name}`}>
            <table>
              <tbody>
                {file.lines.map((line, i) => (
                  <tr key={i} data-line={line.kind}>
                    <td className="diff-number">{line.a ?? ""}</td>
                    <td className="diff-number">{line.b ?? ""}</td>
                    <td className="diff-sign">{SIGNS[line.kind]}</td>
                    <td className="diff-text">{line.kind === "gap" ? "⋯" : line.text}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </figure>
      ))}
    </>
  );
}
