/** A run's files, to look at or to keep. */
import { useEffect, useState } from "react";

import { bytes } from "../core/format";
import { useAnswer } from "../hooks/useAnswer";
import { Icon } from "../parts/Icon";
import type { FileAnswer, NodeDetail } from "../wire";

export function FilesTab({ detail }: { detail: NodeDetail }) {
  const [wanted, setWanted] = useState<string | null>(null);
  const { data, error } = useAnswer<FileAnswer>(wanted ? { of: "file", run_id: detail.run_id, name: wanted } : null);
  useEffect(() => {
    if (!data || data.name !== wanted || data.base64 === null) return;
    save(data.name.split("/").at(-1)!, data.base64);
    setWanted(null);
  }, [data, wanted]);
  return (
    <>
      <div>
        {detail.files.map((file) => (
          <div className="metric-row" key={file.name}>
            <span className="metric-name">{file.name}</span>
            <span className="small muted num">{bytes(file.size)}</span>
            <button type="button" className="button tiny" onClick={() => setWanted(file.name)} aria-label={`Download ${file.name}`}><Icon name="download" />Download</button>
          </div>
        ))}
      </div>
      {error && <p className="wrong">{error}</p>}
      {data?.place && data.name === wanted && <p className="small">{data.name} is too large to send through the page. It lies at <span className="mono wrap">{data.place}</span>.</p>}
    </>
  );
}

export function save(name: string, base64: string): void {
  const content = Uint8Array.from(atob(base64), (one) => one.charCodeAt(0));
  saveBlob(name, new Blob([content], { type: "application/octet-stream" }));
}

export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
