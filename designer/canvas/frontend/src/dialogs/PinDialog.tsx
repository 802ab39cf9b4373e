/** Choose the earlier run whose outputs a node takes. */
import { moment, seconds, value } from "../core/format";
import { askPin } from "../core/plan";
import { useAnswer } from "../hooks/useAnswer";
import { useHost, useHostState, useUi } from "../hooks/useHost";
import { DialogBox } from "../parts/basics";
import { Icon } from "../parts/Icon";
import { inside } from "../core/connect";
import type { EarlierAnswer } from "../wire";

export function PinDialog({ onClose }: { onClose: () => void }) {
  const host = useHost();
  const path = useUi((ui) => ui.selected[0] ?? "");
  const within = path.split("/").slice(0, -1);
  const module = useHostState((state) => (state.pipeline && inside(state.pipeline, within).nodes.find((node) => node.id === path.split("/").at(-1))?.module) ?? "");
  const { data, error } = useAnswer<EarlierAnswer>({ of: "earlier", node: path, module });
  const choose = (run: string) => {
    host.ask((asked) => askPin(asked, path, run));
    onClose();
  };
  return (
    <DialogBox title={`Pin ${path} to an earlier run`} onClose={onClose}>
      <p className="muted">It takes the outputs that it had then, whatever has changed since, in each run that is started here until it is unpinned.</p>
      {error && <p className="wrong">{error}</p>}
      {!data && !error && <p className="muted">Reading…</p>}
      {data && !data.runs.length && <p>No earlier run of {module} is there whose outputs are still kept.</p>}
      <div className="start" style={{ position: "static", padding: 0 }}>
        <div className="choices" style={{ maxWidth: "none" }}>
          {data?.runs.map((run) => (
            <button type="button" className="choice" key={run.run_id} onClick={() => choose(run.run_id)}>
              <Icon name="completed" />
              <span className="grow">
                <span className="cut" style={{ display: "block", fontWeight: 600 }}>{run.name}{run.number > 0 && ` #${run.number}`}{run.node !== path && `  ·  ${run.node}`}</span>
                <span className="muted small cut" style={{ display: "block" }}>
                  {Object.entries(run.metrics).map(([name, one]) => `${name} ${value(one)}`).join("   ") || run.run_id.slice(0, 8)}
                </span>
              </span>
              {run.seconds !== null && <span className="muted small num">{seconds(run.seconds)}</span>}
              <span className="muted small">{moment(run.created)}</span>
            </button>
          ))}
        </div>
      </div>
    </DialogBox>
  );
}
