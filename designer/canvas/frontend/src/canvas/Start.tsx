/** What an empty canvas says: how to begin, and the pipelines that are there. */
import { moment } from "../core/format";
import { useAnswer } from "../hooks/useAnswer";
import { useHost } from "../hooks/useHost";
import { Icon } from "../parts/Icon";
import type { PipelinesAnswer } from "../wire";

export function Start() {
  const host = useHost();
  const { data } = useAnswer<PipelinesAnswer>({ of: "pipelines" });
  const files = data?.pipelines.filter((one) => !one.error).slice(0, 5) ?? [];
  return (
    <div className="start">
      <div>
        <h1>Start a pipeline</h1>
        <p className="muted">Drag a module from the left onto the canvas, or double click anywhere. <kbd>A</kbd> adds one from the keyboard, <kbd>?</kbd> shows every key.</p>
        {files.length > 0 && (
          <div className="choices">
            <h3>or open one</h3>
            {files.map((file) => (
              <button type="button" className="choice" key={file.path} onClick={() => host.command({ do: "open", path: file.path })}>
                <Icon name={file.kind === "python" ? "code" : "open"} />
                <span className="grow">
                  <span className="cut" style={{ display: "block", fontWeight: 600 }}>{file.name}</span>
                  <span className="muted small cut" style={{ display: "block" }}>{file.path}</span>
                </span>
                <span className="muted small">{moment(file.modified)}</span>
              </button>
            ))}
          </div>
        )}
      </div>
    </div>
  );
}
