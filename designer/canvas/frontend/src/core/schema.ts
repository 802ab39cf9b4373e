/** Reading a parameter's JSON schema: which control draws it, its default, its limits. Pure. */

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Schema = Record<string, any>;

export type Control =
  | { kind: "number"; integer: boolean; min?: number; max?: number; above?: number; below?: number; step?: number }
  | { kind: "choice"; choices: unknown[] }
  | { kind: "boolean" }
  | { kind: "text"; lines: number; code: boolean; secret: boolean }
  | { kind: "columns"; many: boolean }
  | { kind: "picker" }
  | { kind: "list"; item: Schema }
  | { kind: "json" };

export interface Field {
  name: string;
  title: string;
  description: string;
  required: boolean;
  default: unknown;
  nullable: boolean;
  control: Control;
  schema: Schema;
  /** it matters only while other fields have one of these values */
  visible: [string, unknown[]][];
}

/** The fields of a form, in the order of declaration. */
export function fields(schema: Schema): Field[] {
  const definitions: Schema = schema.$defs ?? {};
  const required = new Set<string>(schema.required ?? []);
  return Object.entries((schema.properties ?? {}) as Record<string, Schema>).map(([name, raw]) => {
    const { schema: own, nullable } = resolved(raw, definitions);
    return {
      name,
      title: raw.title ?? own.title ?? name,
      description: raw.description ?? own.description ?? "",
      required: required.has(name),
      default: raw.default,
      nullable,
      control: control(own, raw),
      schema: own,
      visible: visibility(raw),
    };
  });
}

/** `visible_when: {mode: [a, b]}`: the field matters only while another has one of these values. */
function visibility(raw: Schema): Field["visible"] {
  const when = raw.visible_when;
  if (!when || typeof when !== "object") return [];
  return Object.entries(when).map(([name, values]) => [name, Array.isArray(values) ? values : [values]]);
}

function resolved(raw: Schema, definitions: Schema): { schema: Schema; nullable: boolean } {
  let schema = raw;
  if (schema.$ref) schema = { ...definitions[String(schema.$ref).split("/").at(-1)!], ...without(schema, "$ref") };
  if (schema.allOf?.length === 1) schema = { ...resolved(schema.allOf[0], definitions).schema, ...without(schema, "allOf") };
  const options: Schema[] | undefined = schema.anyOf ?? schema.oneOf;
  if (options) {
    const real = options.filter((one) => one.type !== "null");
    const nullable = real.length < options.length;
    if (real.length === 1) return { schema: { ...resolved(real[0]!, definitions).schema, ...without(schema, "anyOf", "oneOf") }, nullable };
    if (real.every((one) => "const" in one || one.enum)) {
      return { schema: { ...without(schema, "anyOf", "oneOf"), enum: real.flatMap((one) => one.enum ?? [one.const]) }, nullable };
    }
    return { schema: { ...without(schema, "anyOf", "oneOf"), anyOf: real }, nullable };
  }
  return { schema, nullable: false };
}

function without(schema: Schema, ...keys: string[]): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
}

function control(schema: Schema, raw: Schema): Control {
  const format: string = raw.format ?? schema.format ?? "";
  const widget: string = raw["x-control"] ?? schema["x-control"] ?? format;
  if (widget === "columns" || widget === "column") return { kind: "columns", many: widget === "columns" };
  if (String(schema.properties?.rules?.items?.$ref).endsWith("/ColumnRule")) return { kind: "picker" };
  if (schema.enum) return { kind: "choice", choices: schema.enum };
  if ("const" in schema) return { kind: "choice", choices: [schema.const] };
  switch (schema.type) {
    case "boolean":
      return { kind: "boolean" };
    case "integer":
    case "number":
      return {
        kind: "number", integer: schema.type === "integer", min: schema.minimum, max: schema.maximum,
        above: schema.exclusiveMinimum, below: schema.exclusiveMaximum, step: schema.multipleOf,
      };
    case "string": {
      const code = widget === "code" || widget === "python" || widget === "sql";
      const long = code || widget === "textarea" || widget === "multiline" || String(raw.default ?? "").includes("\n");
      return { kind: "text", lines: long ? (code ? 12 : 4) : 1, code, secret: format === "password" };
    }
    case "array":
      return ["string", "number", "integer"].includes(schema.items?.type) || schema.items?.enum
        ? { kind: "list", item: schema.items }
        : { kind: "json" };
    default:
      return { kind: "json" };
  }
}

/** Why text typed into a field is no value for it; null when it is. */
export function refuse(field: Field, value: unknown): string | null {
  if (value === null || value === undefined) return field.nullable ? null : "a value is needed";
  const c = field.control;
  if (c.kind === "number") {
    if (typeof value !== "number" || Number.isNaN(value)) return "a number is needed";
    if (c.integer && !Number.isInteger(value)) return "a whole number is needed";
    if (c.min !== undefined && value < c.min) return `at least ${c.min}`;
    if (c.max !== undefined && value > c.max) return `at most ${c.max}`;
    if (c.above !== undefined && value <= c.above) return `more than ${c.above}`;
    if (c.below !== undefined && value >= c.below) return `less than ${c.below}`;
  }
  if (c.kind === "choice" && !c.choices.includes(value)) return `one of ${c.choices.join(", ")}`;
  if (c.kind === "text" && typeof value === "string") {
    if (field.schema.minLength && value.length < field.schema.minLength) return "it can't be empty";
    if (field.schema.maxLength && value.length > field.schema.maxLength) return `at most ${field.schema.maxLength} characters`;
  }
  return null;
}

/** A range in words: "0 < x < 1", "at least 1". */
export function limits(c: Control): string {
  if (c.kind !== "number") return "";
  const low = c.above !== undefined ? `${c.above} <` : c.min !== undefined ? `${c.min} ≤` : "";
  const high = c.below !== undefined ? `< ${c.below}` : c.max !== undefined ? `≤ ${c.max}` : "";
  return low || high ? `${low} x ${high}`.trim() : "";
}
