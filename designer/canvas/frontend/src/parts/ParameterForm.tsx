/** A form made from a module's JSON schema: defaults shown, changed values marked, wrong ones told at once. */
import { useEffect, useMemo, useState } from "react";

import { type Field, fields, limits, refuse, type Schema } from "../core/schema";
import { value as shown } from "../core/format";
import { ColumnPicker } from "./ColumnPicker";
import { Icon } from "./Icon";
import { IconButton } from "./basics";

interface Props {
  schema: Schema;
  values: Record<string, unknown>;
  bindings?: Record<string, string>;
  pipelineParameters?: string[];
  problems?: Record<string, string[]>;
  columns?: string[];
  readOnly?: boolean;
  onSet: (name: string, value: unknown) => void;
  onReset: (name: string) => void;
  onBind?: (name: string, to: string | null) => void;
}

export function ParameterForm({ schema, values, bindings = {}, pipelineParameters = [], problems = {}, columns = [], readOnly, onSet, onReset, onBind }: Props) {
  const all = useMemo(() => fields(schema), [schema]);
  const now = (name: string): unknown => (name in values ? values[name] : all.find((one) => one.name === name)?.default);
  const visible = all.filter((field) => field.name in values || field.visible.every(([name, wanted]) => wanted.includes(now(name))));
  if (!all.length) return <p className="muted">There are no parameters to set.</p>;
  return (
    <div className="section" style={{ gap: 14 }}>
      {visible.map((field) => {
        const changed = field.name in values;
        const bound = bindings[field.name];
        const value = changed ? values[field.name] : field.default;
        const wrong = [...(problems[field.name] ?? [])];
        const help = [field.description, limits(field.control)].filter(Boolean).join("  ·  ");
        const id = `field-${field.name}`;
        return (
          <div className="field" key={field.name} data-field={field.name}>
            <div className="label">
              <label htmlFor={field.control.kind === "picker" ? undefined : id} className="cut">{field.title}</label>
              {field.required && <span className="muted" title="required">*</span>}
              {changed && <span className="changed-mark" title={field.default === undefined ? "set" : `changed; the default is ${shown(field.default)}`} />}
              {changed && <span className="sr">changed</span>}
              <span className="grow" />
              {bound && <span className="chip" title="given by a pipeline parameter"><Icon name="link" />{bound}</span>}
              {!readOnly && (changed || bound) && <IconButton icon="reset" label={`Reset ${field.title} to its default`} className="tiny" onClick={() => onReset(field.name)} />}
              {!readOnly && onBind && !bound && (
                <IconButton icon="link" label={`Make ${field.title} a pipeline parameter`} className="tiny" onClick={() => onBind(field.name, pipelineParameters.includes(field.name) ? field.name : null)} />
              )}
            </div>
            {!bound && <Control id={id} field={field} value={value} columns={columns} readOnly={readOnly} invalid={wrong.length > 0} onSet={(next) => onSet(field.name, next)} />}
            {help && <div className="help">{help}</div>}
            {wrong.map((text) => <div className="wrong" key={text} role="alert">{text}</div>)}
          </div>
        );
      })}
    </div>
  );
}

export interface ControlProps {
  id: string;
  field: Field;
  value: unknown;
  columns: string[];
  readOnly?: boolean;
  invalid: boolean;
  onSet: (value: unknown) => void;
}

export function Control(props: ControlProps) {
  const { id, field, value, readOnly, invalid, onSet } = props;
  const c = field.control;
  switch (c.kind) {
    case "boolean":
      return (
        <label className="check">
          <input id={id} type="checkbox" checked={value === true} disabled={readOnly} onChange={(event) => onSet(event.target.checked)} />
          {value === true ? "Yes" : "No"}
        </label>
      );
    case "choice":
      return (
        <select id={id} className="input" value={JSON.stringify(value ?? null)} disabled={readOnly} aria-invalid={invalid} onChange={(event) => onSet(JSON.parse(event.target.value))}>
          {(value === undefined || (value === null && !c.choices.includes(null))) && <option value="null">{field.nullable ? "None" : "Choose…"}</option>}
          {c.choices.map((choice) => <option key={JSON.stringify(choice)} value={JSON.stringify(choice)}>{shown(choice)}</option>)}
          {value !== undefined && value !== null && !c.choices.includes(value) && <option value={JSON.stringify(value)}>{shown(value)} (not a choice)</option>}
        </select>
      );
    case "picker":
      return <ColumnPicker {...props} />;
    case "columns":
      return <Columns {...props} many={c.many} />;
    default:
      return <Typed {...props} />;
  }
}

/** A field into which something is typed; it is sent while it makes sense, and its complaint shown while it doesn't. */
function Typed({ id, field, value, readOnly, invalid, onSet }: ControlProps) {
  const c = field.control;
  const [text, setText] = useState(() => write(field, value));
  const [wrong, setWrong] = useState<string | null>(null);
  const [focused, setFocused] = useState(false);
  useEffect(() => {
    if (!focused) {
      setText(write(field, value));
      setWrong(null);
    }
  }, [value, focused, field]);
  const change = (next: string) => {
    setText(next);
    const read = parse(field, next);
    if ("wrong" in read) return setWrong(read.wrong);
    setWrong(refuse(field, read.value));
    onSet(read.value);
  };
  const lines = c.kind === "text" ? c.lines : c.kind === "json" ? 3 : 1;
  const common = {
    id, value: text, disabled: readOnly, "aria-invalid": invalid || wrong !== null, placeholder: field.nullable ? "None" : c.kind === "list" ? "a, b, c" : undefined,
    onFocus: () => setFocused(true), onBlur: () => setFocused(false), onKeyDown: (event: React.KeyboardEvent) => event.stopPropagation(),
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) => change(event.target.value),
  };
  return (
    <>
      {lines > 1 ? (
        <textarea className={`input ${(c.kind === "text" && c.code) || c.kind === "json" ? "code" : ""}`} rows={Math.min(18, Math.max(lines, text.split("\n").length + 1))} spellCheck={false} {...common} />
      ) : (
        <input className="input" type={c.kind === "text" && c.secret ? "password" : "text"} inputMode={c.kind === "number" ? (c.integer ? "numeric" : "decimal") : undefined} autoComplete="off" spellCheck={false} {...common} />
      )}
      {wrong && <div className="wrong typed">{wrong}</div>}
    </>
  );
}

function write(field: Field, value: unknown): string {
  if (value === null || value === undefined) return "";
  const c = field.control;
  if (c.kind === "text" || c.kind === "number") return typeof value === "object" ? JSON.stringify(value) : String(value);
  if (c.kind === "list" && Array.isArray(value)) return value.map(String).join(", ");
  return JSON.stringify(value, null, 2);
}

function parse(field: Field, text: string): { value: unknown } | { wrong: string } {
  const c = field.control;
  if (text === "" && field.nullable) return { value: null };
  if (c.kind === "text") return { value: text };
  if (c.kind === "number") {
    const number = Number(text.trim().replace(",", "."));
    return text.trim() === "" || Number.isNaN(number) ? { wrong: `a ${c.integer ? "whole " : ""}number is needed` } : { value: number };
  }
  if (c.kind === "list") {
    const parts = text.split(/[,;\n]/).map((part) => part.trim()).filter(Boolean);
    if (c.item.type === "string" || c.item.enum) return { value: parts };
    const numbers = parts.map(Number);
    return numbers.some(Number.isNaN) ? { wrong: "numbers, separated by commas" } : { value: numbers };
  }
  try {
    return { value: JSON.parse(text) };
  } catch {
    return { wrong: "this is not JSON yet" };
  }
}

/** Column names: picked from the real table where one is known, typed otherwise. */
export function Columns({ id, value, columns, readOnly, invalid, onSet, many, hint = true, label }: Omit<ControlProps, "field"> & { many: boolean; hint?: boolean; label?: string }) {
  const chosen = Array.isArray(value) ? value.map(String) : value ? [String(value)] : [];
  const [text, setText] = useState("");
  const set = (next: string[]) => onSet(many ? next : (next.at(-1) ?? null));
  const rest = columns.filter((column) => !chosen.includes(column));
  const take = () => {
    const wanted = text.split(/[,;\n]/).map((part) => part.trim()).filter(Boolean);
    if (wanted.length) set([...chosen, ...wanted.filter((one) => !chosen.includes(one))]);
    setText("");
  };
  return (
    <div className="section" style={{ gap: 6 }}>
      {chosen.length > 0 && (
        <div className="row" style={{ flexWrap: "wrap", gap: 4 }}>
          {chosen.map((column) => (
            <span className="chip" key={column} style={columns.length && !columns.includes(column) ? { color: "var(--warn)" } : undefined} title={columns.length && !columns.includes(column) ? "the table has no such column" : undefined}>
              {column}
              {!readOnly && <button type="button" className="button bare tiny" style={{ height: 16, padding: 0 }} aria-label={`Remove ${column}`} onClick={() => set(chosen.filter((one) => one !== column))}><Icon name="close" /></button>}
            </span>
          ))}
        </div>
      )}
      {!readOnly && (
        <>
          <input id={id} className="input" list={`${id}-list`} aria-label={label} value={text} aria-invalid={invalid} autoComplete="off" placeholder={columns.length ? "Choose or type a column" : "Type a column name"}
            onKeyDown={(event) => {
              event.stopPropagation();
              if (event.key === "Enter") take();
            }}
            onBlur={take}
            onChange={(event) => {
              const next = event.target.value;
              setText(next);
              if (columns.includes(next) && !columns.some((column) => column !== next && column.startsWith(next))) {
                set([...chosen.filter((one) => one !== next), next]);
                setText("");
              }
            }} />
          <datalist id={`${id}-list`}>{rest.map((column) => <option key={column} value={column} />)}</datalist>
          {hint && !columns.length && <div className="help">Columns can be chosen here once a run has produced the table.</div>}
        </>
      )}
    </div>
  );
}
