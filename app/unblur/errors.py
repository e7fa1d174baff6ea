"""Errors that a person can be told about. They carry data; `messages` has the sentences."""

from __future__ import annotations

from pathlib import Path


class AppError(Exception):
    """Base of everything that ends in a sentence rather than a bug report."""


class Cancelled(Exception):  # noqa: N818 - it is not an error
    """Work stopped because the person, or a newer request, asked for it."""


class ImageError(AppError):
    """A photo could not be read or written. `path` names it (None: the clipboard)."""

    def __init__(self, path: Path | None, detail: str = "") -> None:
        super().__init__(f"{path}: {detail}" if detail else str(path))
        self.path = path
        self.detail = detail


class ImageMissingError(ImageError):
    """There is no such file."""


class ImageIsFolderError(ImageError):
    """The path is a folder."""


class ImageEmptyError(ImageError):
    """The file has no bytes."""


class ImageUnsupportedError(ImageError):
    """The bytes are of no format that can be read."""


class ImageTruncatedError(ImageError):
    """The file ends too early, or is damaged inside."""


class ImageTooLargeError(ImageError):
    """The photo has more pixels than can be held."""


class ImageRegionOutsideError(ImageError):
    """A region that was asked for lies beyond the photo; `detail` says where and how large."""


class ImageNothingFoundError(ImageError):
    """What was to be restored is not on the photo; `detail` says what was looked for."""


class ImageNotBlurredError(ImageError):
    """There is nothing to restore, or no telling what; `detail` says why."""


class ImageMaskSizeError(ImageError):
    """A mask is not as large as the photo; `path` names the mask, `detail` says both sizes."""


class ImageReadDeniedError(ImageError):
    """The system does not let this file be read."""


class ImageReadError(ImageError):
    """Reading failed for another reason, given in `detail`."""


class ImageIncomparableError(ImageError):
    """A picture and its sharp one cannot be measured against each other; `detail` says why."""


class ImageWriteDeniedError(ImageError):
    """The system does not let this file, or into this folder, be written."""


class ImageFolderMissingError(ImageError):
    """The folder to write into does not exist."""


class ImageDiskFullError(ImageError):
    """No room is left where the photo should be written."""


class ImageExistsError(ImageError):
    """The target exists, and overwriting it was not asked for."""


class ImageIsSourceError(ImageError):
    """The target is the opened original, and overwriting it was not asked for."""


class ImageFormatError(ImageError):
    """The target's ending names no format that can be written."""


class ImageVerifyError(ImageError):
    """What was written could not be read back as the same picture."""


class ImageWriteError(ImageError):
    """Writing failed for another reason, given in `detail`."""


class ModelError(AppError):
    """A model cannot be used. `model_id` names it."""

    def __init__(self, model_id: str, detail: str = "") -> None:
        super().__init__(f"{model_id}: {detail}" if detail else model_id)
        self.model_id = model_id
        self.detail = detail


class ModelUnknownError(ModelError):
    """No card has this id; `detail` lists those that exist."""


class QualityUnknownError(ModelError):
    """The model has no such quality; `detail` lists those that exist."""


class WeightsMissingError(ModelError):
    """The weights file is not where its card says; `detail` is the path."""


class WeightsCorruptError(ModelError):
    """The weights file does not have the SHA-256 of its card; `detail` is the path."""


class ArchitectureUnknownError(ModelError):
    """No network of the zoo fits these weights."""


class WeightsNeededError(ModelError):
    """The weights are not part of Unblur and not here yet; `detail` says how to get them."""


class ModelOfflineError(ModelError):
    """Fetching was asked for, and the person wants Unblur to stay offline."""


class ModelNotOfferedError(ModelError):
    """Nobody offers these weights for fetching; `detail` says how to get them."""


class ModelFetchError(ModelError):
    """No mirror gave the weights; `detail` says why, mirror by mirror."""


class LicenceNotAcceptedError(ModelError):
    """Fetching needs the licence accepted first; `detail` names it."""


class ModelEmbeddedError(ModelError):
    """The model is a part of Unblur, so it cannot be removed."""


class ModelNotInstalledError(ModelError):
    """There is nothing of the model that could be removed."""


class ModelFileError(AppError):
    """A file with a model cannot be used or written. `path` names it."""

    def __init__(self, path: Path, detail: str = "") -> None:
        super().__init__(f"{path}: {detail}" if detail else str(path))
        self.path = path
        self.detail = detail


class ModelFileUnreadableError(ModelFileError):
    """No parameters can be read from the file; `detail` says why."""


class ModelFileUnsafeError(ModelFileError):
    """The file wants to run code when it is opened; `detail` names what."""


class ModelFileUnknownError(ModelFileError):
    """The parameters fit no network of the zoo; `detail` tells some of them."""


class ModelFileMismatchError(ModelFileError):
    """The parameters are not those of the model that they were given for."""


class ModelDiskFullError(ModelFileError):
    """No room is left where models are kept."""


class ModelWriteDeniedError(ModelFileError):
    """The system does not let this file of a model be written or removed."""


class ModelWriteError(ModelFileError):
    """A file of a model could not be written or removed for another reason, in `detail`."""


class PsfFileError(AppError):
    """A file of a PSF cannot be used. `path` names it, `detail` says why."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


class PsfUnreadableError(PsfFileError):
    """There is no PSF in it that can be read."""


class PsfWriteError(PsfFileError):
    """It could not be written."""


class EngineError(AppError):
    """Inference could not go on."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class DeviceMemoryError(EngineError):
    """Even the smallest tile does not fit into the device's memory."""


class WholePhotoMemoryError(EngineError):
    """A photo in one piece does not fit into the device's memory."""


class DeviceUnavailableError(EngineError):
    """The device that was asked for is not there; `detail` names it."""


class NonFiniteOutputError(EngineError):
    """The network gave NaN or infinity."""


class UnexpectedEngineError(EngineError):
    """A bug: the original exception is the cause, its traceback is in the log."""


class GpuError(AppError):
    """The graphics card cannot be used. `detail` has the facts."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class GpuMissingError(GpuError):
    """There is no card that PyTorch computes with; `detail` says what there is instead."""


class GpuIncludedError(GpuError):
    """The PyTorch of this installation computes with the card already; `detail` names its build."""


class GpuNoBuildError(GpuError):
    """The index has no build for this system; `detail` says what is missing."""


class GpuOfflineError(GpuError):
    """Fetching was asked for, and the person wants Unblur to stay offline."""


class GpuFetchError(GpuError):
    """Something was not fetched, or not as it should be; `detail` says what and why."""


class GpuDiskSpaceError(GpuError):
    """The disk has too little room; `detail` says how much is needed and how much there is."""


class GpuWriteError(GpuError):
    """Files of the build could not be written or removed; `detail` says which and why."""


class GpuBusyError(GpuError):
    """Another Unblur sets a build up, or removes it, at this moment."""


class GpuUnusableError(GpuError):
    """The build for the card is here and does not work; `detail` says why."""


class GpuNotSetUpError(GpuError):
    """There is no build for the card that could be removed."""


class HomeMissingError(AppError):
    """There is no folder for settings and saved edits; `detail` says what is missing."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class DesktopUnsupportedError(AppError):
    """This system's menu is not filled by the program itself."""


class DesktopWriteError(AppError):
    """The menu entry or an icon could not be written or removed; `path` names it."""

    def __init__(self, path: str | None, detail: str = "") -> None:
        super().__init__(f"{path}: {detail}")
        self.path = Path(path or "")
        self.detail = detail


class RecoveryError(AppError):
    """The edits cannot be saved for the day of a crash. `path` names the folder."""

    def __init__(self, path: Path, detail: str = "") -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail


class SettingsError(AppError):
    """The settings file cannot be read or written. `path` names it."""

    def __init__(self, path: Path, detail: str = "") -> None:
        super().__init__(f"{path}: {detail}")
        self.path = path
        self.detail = detail
