/** Choosing columns by rules: all, some by name, all but some; each further rule adds columns or takes some away. */
import { value as shown } from "../core/format";
import { IconButton } from "./basics";
import { Columns, type ControlProps } from "./ParameterForm";

interface Rule {
  action: "include" | "exclude";
  select: string;
  values: (string | number)[];
}

const SELECTS: [string, string][] = [
  ["names", "columns by name"], ["all", "all columns"], ["all features", "all features"], ["all labels", "the label"], ["all scores", "all scores"],
  ["types", "columns of a type"], ["indices", "columns by position"],
];
const WITH_VALUES = new Set(["names", "types", "indices"]);

/** The rules of a picker's value, in each of the forms in which it may be written. */
export function rulesOf(value: unknown): Rule[] {
  if (value === null || value === undefined) return [];
  if (typeof value === "string") return [{ action: "include", select: "names", values: [value] }];
  if (Array.isArray(value)) {
    return value.every((one) => typeof one === "object" && one !== null) ? value.map(rule) : [{ action: "include", select: "names", values: value as string[] }];
  }
  const data = value as Record<string, unknown>;
  if (Array.isArray(data.rules)) return data.rules.map(rule);
  const found: Rule[] = [];
  if (data.include !== undefined) found.push(named("include", data.include));
  if (data.exclude !== undefined) found.push({ action: "include", select: "all", values: [] }, named("exclude", data.exclude));
  return found;
}

const named = (action: Rule["action"], of: unknown): Rule => ({ action, select: "names", values: Array.isArray(of) ? (of as string[]) : [String(of)] });

function rule(of: unknown): Rule {
  const data = of as Partial<Rule>;
  return { action: data.action ?? "include", select: data.select ?? "names", values: data.values ?? [] };
}

export function ColumnPicker(props: ControlProps) {
  const { id, value, readOnly, columns, invalid, onSet } = props;
  const rules = rulesOf(value);
  const set = (next: Rule[]) => onSet({ rules: next });
  const change = (i: number, fields: Partial<Rule>) => set(rules.map((one, k) => (k === i ? { ...one, ...fields } : one)));
  return (
    <div className="section" style={{ gap: 8 }} id={id} tabIndex={-1}>
      {rules.map((one, i) => (
        <div className="rule" key={i}>
          <div className="row" style={{ gap: 4 }}>
            <select className="input" style={{ width: 96 }} aria-label={`Rule ${i + 1}: include or exclude`} disabled={readOnly} value={one.action} onChange={(event) => change(i, { action: event.target.value as Rule["action"] })}>
              <option value="include">include</option>
              <option value="exclude">exclude</option>
            </select>
            <select className="input grow" aria-label={`Rule ${i + 1}: which columns`} disabled={readOnly} value={one.select} onChange={(event) => change(i, { select: event.target.value, values: [] })}>
              {SELECTS.map(([key, label]) => <option key={key} value={key}>{label}</option>)}
              {!SELECTS.some(([key]) => key === one.select) && <option value={one.select}>{shown(one.select)}</option>}
            </select>
            {!readOnly && rules.length > 1 && <IconButton icon="trash" label={`Remove rule ${i + 1}`} className="tiny" onClick={() => set(rules.filter((_, k) => k !== i))} />}
          </div>
          {WITH_VALUES.has(one.select) && (
            <Columns id={`${id}-${i}`} value={one.values} columns={one.select === "names" ? columns : []} readOnly={readOnly} invalid={invalid} many hint={one.select === "names"} label={`Rule ${i + 1}: ${one.select}`}
              onSet={(next) => change(i, { values: next as string[] })} />
          )}
        </div>
      ))}
      {!readOnly && <button type="button" className="button tiny" style={{ alignSelf: "flex-start" }} onClick={() => set([...rules, { action: rules.length ? "exclude" : "include", select: "names", values: [] }])}>Add a rule</button>}
    </div>
  );
}
