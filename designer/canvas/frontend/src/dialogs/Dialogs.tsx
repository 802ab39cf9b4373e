/** The windows of the design page: run, open, save, source, help. */
import { useState } from "react";

import { useAnswer } from "../hooks/useAnswer";
import { useHost, useHostState, useUi } from "../hooks/useHost";
import { moment } from "../core/format";
import { DialogBox, Tabs } from "../parts/basics";
import { Icon } from "../parts/Icon";
import { ParameterForm } from "../parts/ParameterForm";
import { PinDialog } from "./PinDialog";
import type { PipelinesAnswer, SourceAnswer } from "../wire";

export function Dialogs() {
  const host = useHost();
  const dialog = useUi((ui) => ui.dialog);
  const close = () => host.ui.set({ dialog: null });
  switch (dialog) {
    case "help":
      return <Help onClose={close} />;
    case "run":
      return <RunDialog onClose={close} />;
    case "open":
      return <OpenDialog onClose={close} />;
    case "save":
      return <SaveDialog onClose={close} />;
    case "pin":
      return <PinDialog onClose={close} />;
    case "source":
      return <SourceDialog onClose={close} />;
    default:
      return null;
  }
}

function RunDialog({ onClose }: { onClose: () => void }) {
  const host = useHost();
  const settings = useHostState((state) => state.page?.settings);
  const pipeline = useHostState((state) => state.pipeline);
  const chosen = useUi((ui) => ui.selected);
  const [experiment, setExperiment] = useState(settings?.experiment ?? "");
  const [executor, setExecutor] = useState(settings?.executors[0] ?? "processes");
  const [values, setValues] = useState<Record<string, unknown>>({});
  const [until, setUntil] = useState<string>("");
  const everything = useHostState((state) => state.asked.everything);
  const parameters = Object.entries(pipeline?.parameters ?? {});
  const schema = {
    properties: Object.fromEntries(parameters.map(([name, p]) => [name, { ...p.schema, title: name, ...(p.required ? {} : { default: p.default }), description: p.description }])),
    required: parameters.filter(([, p]) => p.required).map(([name]) => name),
  };
  const missing = schema.required.filter((name) => values[name] === undefined || values[name] === "");
  const run = () => {
    host.run({ until: until || null, experiment: experiment.trim() || null, values, executor });
    onClose();
  };
  return (
    <DialogBox title="Run with…" onClose={onClose} footer={
      <>
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className="button primary" disabled={missing.length > 0} onClick={run}><Icon name="play" />Run</button>
      </>
    }>
      <div className="field">
        <label className="label" htmlFor="experiment">Experiment</label>
        <input id="experiment" className="input" list="experiments" value={experiment} placeholder={pipeline?.name} onChange={(event) => setExperiment(event.target.value)} />
        <datalist id="experiments">{settings?.experiments.map((name) => <option key={name} value={name} />)}</datalist>
      </div>
      {parameters.length > 0 && (
        <div className="section">
          <h3>Pipeline parameters</h3>
          <ParameterForm schema={schema} values={values} onSet={(name, value) => setValues((now) => ({ ...now, [name]: value }))}
            onReset={(name) => setValues(({ [name]: _, ...rest }) => rest)} />
        </div>
      )}
      <div className="field">
        <label className="label" htmlFor="until">Run up to</label>
        <select id="until" className="input" value={until} onChange={(event) => setUntil(event.target.value)}>
          <option value="">the end</option>
          {pipeline?.nodes.map((node) => <option key={node.id} value={node.id}>{node.title || node.id}{chosen.includes(node.id) ? " (chosen)" : ""}</option>)}
        </select>
      </div>
      <div className="field">
        <label className="label" htmlFor="executor">Executor</label>
        <select id="executor" className="input" value={executor} onChange={(event) => setExecutor(event.target.value)}>{settings?.executors.map((name) => <option key={name}>{name}</option>)}</select>
        <div className="help">Processes keep modules apart, so that one that crashes takes nothing with it. Threads and serial help when debugging.</div>
      </div>
      <label className="check"><input type="checkbox" checked={everything} onChange={(event) => host.ask((asked) => ({ ...asked, everything: event.target.checked }))} />Run everything again, reuse nothing</label>
    </DialogBox>
  );
}

function OpenDialog({ onClose }: { onClose: () => void }) {
  const host = useHost();
  const { data } = useAnswer<PipelinesAnswer>({ of: "pipelines" });
  const [query, setQuery] = useState("");
  const found = data?.pipelines.filter((one) => `${one.name} ${one.path}`.toLowerCase().includes(query.toLowerCase())) ?? [];
  const open = (path: string | null) => {
    host.command({ do: "open", path });
    onClose();
  };
  return (
    <DialogBox title="Open a pipeline" onClose={onClose} footer={<button type="button" className="button" onClick={() => open(null)}><Icon name="plus" />New pipeline</button>}>
      <input className="input" type="search" placeholder="Find a pipeline" aria-label="Find a pipeline" value={query} onChange={(event) => setQuery(event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && found[0] && open(found[0].path)} />
      <div className="start" style={{ position: "static", padding: 0 }}>
        <div className="choices" style={{ maxWidth: "none" }}>
          {found.map((file) => (
            <button type="button" className="choice" key={file.path} onClick={() => open(file.path)}>
              <Icon name={file.kind === "python" ? "code" : file.error ? "warning" : "open"} />
              <span className="grow">
                <span className="cut" style={{ display: "block", fontWeight: 600 }}>{file.name}</span>
                <span className="muted small cut" style={{ display: "block" }}>{file.error || file.path}</span>
              </span>
              {file.draft && <span className="chip">draft</span>}
              <span className="muted small">{moment(file.modified)}</span>
            </button>
          ))}
          {data && !found.length && <p className="muted">{query ? "None has that name." : "The project has no pipelines yet."}</p>}
        </div>
      </div>
    </DialogBox>
  );
}

function SaveDialog({ onClose }: { onClose: () => void }) {
  const host = useHost();
  const document = useHostState((state) => state.page?.document ?? null);
  const name = useHostState((state) => state.pipeline?.name ?? "pipeline");
  const { data } = useAnswer<PipelinesAnswer>({ of: "pipelines" });
  const [path, setPath] = useState(document?.kind === "yaml" && document.path ? document.path : `pipelines/${name.toLowerCase().replace(/[^a-z0-9]+/g, "_")}.yaml`);
  const taken = data?.pipelines.some((one) => one.path === path) && path !== document?.path;
  const wrong = /\.(ya?ml|json)$/.test(path) ? null : "the file ends in .yaml or .json";
  const save = () => {
    if (wrong) return;
    host.command({ do: "save", path, overwrite: Boolean(taken) });
    onClose();
  };
  return (
    <DialogBox title="Save" onClose={onClose} footer={
      <>
        <button type="button" className="button" onClick={onClose}>Cancel</button>
        <button type="button" className={`button ${taken ? "danger" : "primary"}`} disabled={wrong !== null} onClick={save}><Icon name="save" />{taken ? "Overwrite" : "Save"}</button>
      </>
    }>
      <div className="field">
        <label className="label" htmlFor="path">File in the project</label>
        <input id="path" className="input mono" value={path} aria-invalid={wrong !== null} onChange={(event) => setPath(event.target.value)} onKeyDown={(event) => event.key === "Enter" && save()} />
        {wrong && <div className="wrong">{wrong}</div>}
        {taken && <div className="wrong">There is a file of that name; it would be replaced.</div>}
        <div className="help">Drafts are kept as you go; saving writes the file that others can run and review.</div>
      </div>
    </DialogBox>
  );
}

function SourceDialog({ onClose }: { onClose: () => void }) {
  const host = useHost();
  const pending = useHostState((state) => state.edits.length);
  const { data, error } = useAnswer<SourceAnswer>({ of: "source", seq: host.lastEdit });
  const python = useHostState((state) => state.page?.document?.kind === "python");
  const [tab, setTab] = useState(python ? "python" : "yaml");
  const text = data ? (tab === "yaml" ? data.yaml : data.python) : "";
  return (
    <DialogBox title={data?.path ? `Source of ${data.path}` : "Source"} wide onClose={onClose} footer={<button type="button" className="button" disabled={!text} onClick={() => void navigator.clipboard.writeText(text).then(() => host.say("Copied."))}><Icon name="copy" />Copy</button>}>
      <Tabs label="Language" tabs={[{ id: "yaml", label: "YAML" }, { id: "python", label: "Python" }]} chosen={tab} onChoose={setTab} />
      {error && <p className="wrong">{error}</p>}
      {!data && !error && <p className="muted">{pending ? "Saving your changes first…" : "Reading…"}</p>}
      {data && <pre className="text unwrapped" tabIndex={0} aria-label={`Source as ${tab}`}>{text}</pre>}
    </DialogBox>
  );
}

const KEYS: [string, [string, string][]][] = [
  ["Build", [["/", "find a module in the palette; Enter adds it"], ["A", "add a module from a menu"], ["C", "connect the chosen node: pick a port or a module that fits"], ["N", "add a sticky note"], ["Tab", "go from node to node, then Enter chooses"], ["← ↑ → ↓", "move the chosen nodes"], ["Del", "delete what is chosen"]]],
  ["Change", [["Ctrl Z", "undo"], ["Ctrl ⇧ Z", "redo"], ["Ctrl C  Ctrl X  Ctrl V", "copy, cut, paste, also into other pipelines"], ["Ctrl D", "duplicate"], ["D", "disable or enable"], ["Ctrl G", "group; Ctrl ⇧ G ungroups"], ["O", "open or fold a group"], ["L", "lay out"], ["⇧ ←  ⇧ ↑", "align the chosen nodes"]]],
  ["Look", [["F", "zoom to fit"], ["P", "show or hide the panel"], ["Ctrl A", "choose all"], ["Shift drag", "choose by a frame"], ["Esc", "choose nothing"]]],
  ["Pipeline", [["Ctrl Enter", "run with…; once more: run"], ["Ctrl S", "save to a file"], ["Ctrl O", "open"], ["?", "this sheet"]]],
];

function Help({ onClose }: { onClose: () => void }) {
  return (
    <DialogBox title="Keys" wide onClose={onClose}>
      <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(300px, 1fr))", gap: "16px 32px" }}>
        {KEYS.map(([title, keys]) => (
          <section className="section" key={title}>
            <h3>{title}</h3>
            <dl className="facts" style={{ gridTemplateColumns: "130px 1fr", alignItems: "baseline", gap: "7px 12px" }}>
              {keys.map(([key, what]) => [<dt key={key}><kbd>{key}</kbd></dt>, <dd key={what}>{what}</dd>])}
            </dl>
          </section>
        ))}
      </div>
    </DialogBox>
  );
}
