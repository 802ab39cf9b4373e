"""`Datastore`: a name for a folder. The default one lies in the store; others are folders of your own or lie beside it."""

from __future__ import annotations

import shutil
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.exceptions import UserErrorException

if TYPE_CHECKING:
    from collections.abc import Sequence

    from designer.azureml.data.reference import DataReference
    from designer.azureml.workspace import Workspace
    from designer.store.place import Place

DEFAULT, FILES = "workspaceblobstore", "workspacefilestore"
_BUILT_IN = (DEFAULT, FILES, "workspaceartifactstore", "workspaceworkingdirectory", "azureml_globaldatasets")


def folder_of(place: Place, name: str) -> Path:
    """Where a datastore's files lie. Raises `UserErrorException` naming those there are."""
    data = Assets(place, "datastores").get(name)
    if data is not None:
        return Path(data["folder"])
    if name in _BUILT_IN:
        return place.folder / "azureml" / "files" / name
    there = ", ".join(sorted({*Assets(place, "datastores").names(), DEFAULT, FILES}))
    raise UserErrorException(f"there is no datastore {name!r}; there are: {there}")


class Datastore:
    """A datastore of a workspace. `Datastore.register_folder(ws, name, path)` makes a folder of this machine one."""

    datastore_type = "AzureBlob"

    def __init__(self, workspace: Workspace, name: str | None = None) -> None:
        self.workspace, self.name = workspace, name or default_name(workspace.place)
        self._folder = folder_of(workspace.place, self.name)
        self.container_name, self.account_name, self.is_sas = self.name, "local", False

    @staticmethod
    def get(workspace: Workspace, datastore_name: str) -> Datastore:
        """The datastore of that name."""
        return Datastore(workspace, datastore_name)

    @staticmethod
    def get_default(workspace: Workspace) -> Datastore:
        """The default one."""
        return Datastore(workspace, None)

    @staticmethod
    def register_folder(workspace: Workspace, name: str, path: str) -> Datastore:
        """Make a folder of this machine a datastore (designer's own addition)."""
        folder = Path(path).absolute()
        if not folder.is_dir():
            raise UserErrorException(f"there is no folder {path} to register as the datastore {name!r}")
        Assets(workspace.place, "datastores").add(name, {"folder": str(folder)}, version=1)
        return Datastore(workspace, name)

    @staticmethod
    def _register_remote(workspace: Workspace, datastore_name: str, *_: Any, **__: Any) -> Datastore:
        """An Azure storage by name: a folder here, which is empty until you put its files there."""
        assets = Assets(workspace.place, "datastores")
        if assets.get(datastore_name) is None:
            folder = workspace.place.folder / "azureml" / "files" / datastore_name
            folder.mkdir(parents=True, exist_ok=True)
            assets.add(datastore_name, {"folder": str(folder)}, version=1)
            print(f"datastore {datastore_name} is the folder {folder} here; put the files there that your scripts read")
        return Datastore(workspace, datastore_name)

    register_azure_blob_container = _register_remote
    register_azure_file_share = _register_remote
    register_azure_data_lake = _register_remote
    register_azure_data_lake_gen2 = _register_remote
    register_dbfs = _register_remote
    register_hdfs = _register_remote
    register_azure_sql_database = register_azure_postgre_sql = register_azure_my_sql = _register_remote

    def unregister(self) -> None:
        """Forget the name; the files stay."""
        Assets(self.workspace.place, "datastores").remove(self.name, 1)

    def set_as_default(self) -> None:
        """Make it the workspace's default."""
        self.workspace.set_default_datastore(self.name)

    @property
    def folder(self) -> Path:
        """Where its files lie (designer's own addition)."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def path(self, path: str | None = None, data_reference_name: str | None = None) -> DataReference:
        """A place in it, to be passed to a script."""
        from designer.azureml.data.reference import DataReference  # noqa: PLC0415 - each knows the other

        return DataReference(self, data_reference_name, path)

    def as_mount(self) -> DataReference:
        """The whole of it, mounted."""
        return self.path().as_mount()

    def as_download(self, path_on_compute: str | None = None) -> DataReference:
        """The whole of it, copied."""
        return self.path().as_download(path_on_compute)

    def as_upload(self, path_on_compute: str | None = None) -> DataReference:
        """The whole of it, to write to."""
        return self.path().as_upload(path_on_compute)

    def upload(
        self, src_dir: str, target_path: str | None = None, overwrite: bool = False, show_progress: bool = True
    ) -> DataReference:
        """Copy a folder's files in."""
        root = Path(src_dir)
        if not root.is_dir():
            raise UserErrorException(f"there is no folder {src_dir} to upload")
        files = sorted(p for p in root.rglob("*") if p.is_file())
        return self.upload_files([str(p) for p in files], str(root), target_path, overwrite, show_progress)

    def upload_files(
        self,
        files: Sequence[str],
        relative_root: str | None = None,
        target_path: str | None = None,
        overwrite: bool = False,
        show_progress: bool = True,
    ) -> DataReference:
        """Copy files in; below `relative_root` they keep their folders."""
        target = self.folder / clean(target_path or "")
        done = 0
        for name in files:
            source = Path(name)
            if not source.is_file():
                raise UserErrorException(f"there is no file {name} to upload")
            inner = source.name
            if relative_root is not None and source.absolute().is_relative_to(Path(relative_root).absolute()):
                inner = source.absolute().relative_to(Path(relative_root).absolute()).as_posix()
            place = target / inner
            if place.exists() and not overwrite:
                if show_progress:
                    print(f"Target already exists. Skipping upload for {clean(target_path or '')}/{inner}")
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
            done += 1
        if show_progress:
            print(f"Uploaded {done} files")
        return self.path(target_path)

    def download(
        self, target_path: str, prefix: str | None = None, overwrite: bool = False, show_progress: bool = True
    ) -> int:
        """Copy its files out, those whose path begins with `prefix`. Returns how many."""
        count = 0
        for source in sorted(p for p in self.folder.rglob("*") if p.is_file()):
            name = source.relative_to(self.folder).as_posix()
            if prefix and not (name.startswith(prefix.lstrip("/")) or fnmatch(name, prefix)):
                continue
            place = Path(target_path) / name
            if place.exists() and not overwrite:
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)
            count += 1
        if show_progress:
            print(f"Downloaded {count} files")
        return count

    def __repr__(self) -> str:
        return (
            f'{{\n  "name": "{self.name}",\n  "container_name": "{self.container_name}",\n  "account_name": "local"\n}}'
        )


def clean(path: str) -> str:
    """A path in a datastore: relative, without a way out of it."""
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    if ".." in parts:
        raise UserErrorException(f"{path!r} leads out of its datastore")
    return "/".join(parts)


def default_name(place: Place) -> str:
    """The name of the workspace's default datastore."""
    chosen = Assets(place, "settings").get("default_datastore")
    return chosen["value"] if chosen else DEFAULT
