"""The one place where an error becomes words: a title, a sentence and a hint.

Free of Qt, so that the window and the command line say the same thing. A test asserts that
every leaf of `AppError` has its entry here.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from unblur import errors
from unblur.errors import AppError


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads. `hint` says what to do next."""

    title: str
    sentence: str
    hint: str

    def as_line(self) -> str:
        """One line for a terminal."""
        return f"{self.sentence} {self.hint}"


_TEMPLATES: dict[type[AppError], tuple[str, str, str]] = {
    errors.ImageMissingError: (
        "No such file",
        "“{name}” does not exist.",
        "Check the name, or whether the drive is connected.",
    ),
    errors.ImageIsFolderError: (
        "That is a folder",
        "“{name}” is a folder, not a photo.",
        "Choose the photos inside it.",
    ),
    errors.ImageEmptyError: (
        "The file is empty",
        "“{name}” has no content (0 bytes).",
        "Copy it again from where it came from.",
    ),
    errors.ImageUnsupportedError: (
        "Not a photo that Unblur can read",
        "“{name}” is not a picture in a known format.",
        "Unblur opens JPEG, PNG, TIFF, WebP, BMP, HEIC and AVIF.",
    ),
    errors.ImageTruncatedError: (
        "The file is damaged",
        "“{name}” is cut short or damaged, so it cannot be read in full.",
        "Copy it again from the camera or the backup.",
    ),
    errors.ImageTooLargeError: (
        "The photo is too large",
        "“{name}” is too large to open ({detail}).",
        "Crop it or make it smaller first.",
    ),
    errors.ImageRegionOutsideError: (
        "The region is not on the photo",
        "“{name}” was not restored: the region {detail}.",
        "Give a region inside the photo.",
    ),
    errors.ImageNothingFoundError: (
        "Nothing found",
        "“{name}” was not restored: {detail} could not be found on it.",
        "Restore the whole photo, or mark a region yourself.",
    ),
    errors.ImageNotBlurredError: (
        "Nothing to restore",
        "“{name}” was left as it is: {detail}.",
        "Choose a model yourself to restore it all the same.",
    ),
    errors.ImageMaskSizeError: (
        "The mask does not fit",
        "The mask “{name}” is not as large as the photo ({detail} pixels).",
        "Give a mask of the photo's size, white where it is to be restored.",
    ),
    errors.ImageReadDeniedError: (
        "No permission to read",
        "“{name}” may not be read by you.",
        "Change its permissions, or copy it to a folder of yours.",
    ),
    errors.ImageReadError: (
        "The photo could not be read",
        "“{name}” could not be read ({detail}).",
        "Check the drive, or copy the photo to another one.",
    ),
    errors.ImageIncomparableError: (
        "The pictures cannot be compared",
        "“{name}” cannot be compared with its sharp picture: {detail}.",
        "Both have to show the same pixels.",
    ),
    errors.ImageWriteDeniedError: (
        "No permission to write",
        "“{name}” cannot be written: the folder or the file is read-only.",
        "Choose another folder.",
    ),
    errors.ImageFolderMissingError: (
        "No such folder",
        "“{name}” cannot be written: its folder does not exist.",
        "Create the folder, or choose another.",
    ),
    errors.ImageDiskFullError: (
        "The disk is full",
        "“{name}” was not written: no space is left on that disk.",
        "Free some space or choose another disk. Nothing was changed there.",
    ),
    errors.ImageExistsError: (
        "The file exists",
        "“{name}” exists already and was left as it is.",
        "Choose another name, or allow overwriting.",
    ),
    errors.ImageIsSourceError: (
        "That is the original",
        "“{name}” is the photo that you opened; it was left as it is.",
        "Choose another name, or allow overwriting the original.",
    ),
    errors.ImageFormatError: (
        "Unknown file type",
        "“{name}” does not end in a type that Unblur can write.",
        "Use .png, .tif, .jpg or .webp.",
    ),
    errors.ImageVerifyError: (
        "The copy was not right",
        "“{name}” could not be read back after writing, so it was removed.",
        "Try again, or choose another disk.",
    ),
    errors.ImageWriteError: (
        "The photo was not written",
        "“{name}” could not be written ({detail}).",
        "Choose another name or folder.",
    ),
    errors.ModelUnknownError: (
        "Unknown model",
        "There is no model “{model}”.",
        "Choose one of: {detail}.",
    ),
    errors.QualityUnknownError: (
        "Unknown quality",
        "The model “{model}” has no such quality.",
        "Choose one of: {detail}.",
    ),
    errors.WeightsMissingError: (
        "Weights are missing",
        "The weights of “{model}” are not at {detail}.",
        "Install Unblur again.",
    ),
    errors.WeightsCorruptError: (
        "Weights are damaged",
        "The weights of “{model}” are damaged and were not used ({detail}: wrong SHA-256).",
        "Fetch or add them again; where they came with Unblur, install Unblur again.",
    ),
    errors.ArchitectureUnknownError: (
        "Unknown network",
        "The weights of “{model}” fit no network that Unblur knows.",
        "Use weights of a supported network.",
    ),
    errors.WeightsNeededError: (
        "Weights are needed",
        "The weights of “{model}” are not here yet: {detail}.",
        "See Models in the window, or: unblur models show {model}.",
    ),
    errors.ModelOfflineError: (
        "Unblur stays offline",
        "“{model}” was not fetched, because Unblur is set to stay offline.",
        "Allow downloads in the settings, and unset UNBLUR_OFFLINE.",
    ),
    errors.ModelNotOfferedError: (
        "Nothing to fetch from",
        "Nobody offers the weights of “{model}” for fetching: {detail}.",
        "Install them from a file.",
    ),
    errors.ModelFetchError: (
        "The weights were not fetched",
        "The weights of “{model}” could not be fetched ({detail}).",
        "Try again later: what has come so far is kept.",
    ),
    errors.LicenceNotAcceptedError: (
        "The licence comes first",
        "“{model}” is under this licence, which you have not accepted yet: {detail}.",
        "Read about it with “unblur models show {model}”, then fetch with --accept-licence.",
    ),
    errors.ModelEmbeddedError: (
        "A part of Unblur",
        "“{model}” is a part of Unblur and stays as it is.",
        "Only models that you fetched or added can be changed.",
    ),
    errors.ModelNotInstalledError: (
        "Nothing to remove",
        "There are no weights of “{model}” here.",
        "See: unblur models list.",
    ),
    errors.ModelFileUnreadableError: (
        "No model in this file",
        "“{name}” holds no model that can be read: {detail}.",
        "Unblur reads a network's parameters from .safetensors, .pth and .pt, and .onnx files.",
    ),
    errors.ModelFileUnsafeError: (
        "This file is not safe",
        "“{name}” was not opened: it holds more than parameters and wants {detail}.",
        "Ask its author for a safetensors file, or for the state dict alone.",
    ),
    errors.ModelFileUnknownError: (
        "Unknown network",
        "“{name}” fits no network that Unblur knows ({detail}).",
        "See docs/models.md for the networks that can be added.",
    ),
    errors.ModelFileMismatchError: (
        "Another model",
        "“{name}” does not hold the weights of this model ({detail}).",
        "Add it as a model of its own instead.",
    ),
    errors.ModelDiskFullError: (
        "The disk is full",
        "“{name}” was not written: no space is left on that disk.",
        "Free some space and try again.",
    ),
    errors.ModelWriteDeniedError: (
        "No permission to write",
        "“{name}” may not be written or removed by you.",
        "Change the permissions of its folder.",
    ),
    errors.ModelWriteError: (
        "The model was not kept",
        "“{name}” could not be written or removed ({detail}).",
        "Check the drive of that folder.",
    ),
    errors.DeviceMemoryError: (
        "Not enough memory",
        "Even the smallest tile does not fit into memory.",
        "Close other programs, or choose the CPU.",
    ),
    errors.WholePhotoMemoryError: (
        "Not enough memory",
        "The photo does not fit into memory in one piece.",
        "Restore it in tiles, without --whole.",
    ),
    errors.DeviceUnavailableError: (
        "Device not available",
        "The device “{detail}” is not available here.",
        "Choose “auto” or “cpu”.",
    ),
    errors.NonFiniteOutputError: (
        "The model failed on this photo",
        "The model gave no usable picture for a part of this photo; that part is unchanged.",
        "Try another model or quality.",
    ),
    errors.UnexpectedEngineError: (
        "Something went wrong",
        "Restoring stopped because of an error in Unblur ({detail}).",
        "Your edits are kept. The details are in the log.",
    ),
    errors.GpuMissingError: (
        "No graphics card to compute with",
        "Unblur computes with the processor here: {detail}.",
        "Install the card's driver if there is one, or name the card with --backend.",
    ),
    errors.GpuIncludedError: (
        "Nothing to set up",
        "The PyTorch of this installation ({detail}) computes with this graphics card already.",
        "Start Unblur and choose the device in the settings.",
    ),
    errors.GpuNoBuildError: (
        "No build for this system",
        "PyTorch has no build for this graphics card here ({detail}).",
        "Unblur goes on with the processor.",
    ),
    errors.GpuOfflineError: (
        "Unblur stays offline",
        "Nothing was fetched for the graphics card, because Unblur is set to stay offline.",
        "Allow downloads in the settings, and unset UNBLUR_OFFLINE.",
    ),
    errors.GpuFetchError: (
        "The build for the graphics card was not fetched",
        "PyTorch for the graphics card could not be fetched ({detail}).",
        "Try again later: what has come so far is kept.",
    ),
    errors.GpuDiskSpaceError: (
        "Not enough room on the disk",
        "PyTorch for the graphics card does not fit on the disk: {detail}.",
        "Free some space and try again: what has come so far is kept.",
    ),
    errors.GpuWriteError: (
        "The build for the graphics card was not kept",
        "Files of PyTorch for the graphics card could not be written or removed ({detail}).",
        "Check the permissions and the drive of that folder.",
    ),
    errors.GpuBusyError: (
        "The graphics card is being set up already",
        "Another Unblur is fetching or removing PyTorch for the graphics card at this moment.",
        "Wait until that one is done, or stop it; what has come so far is kept.",
    ),
    errors.GpuUnusableError: (
        "The graphics card is not used",
        "PyTorch for the graphics card does not work here ({detail}), so the processor is used.",
        "Update the card's driver, then set it up again: unblur setup-gpu.",
    ),
    errors.GpuNotSetUpError: (
        "Nothing to remove",
        "No PyTorch for a graphics card has been fetched.",
        "See: unblur setup-gpu --status.",
    ),
    errors.HomeMissingError: (
        "No home folder",
        "There is no home folder to keep settings and edits in ({detail}).",
        "Set UNBLUR_HOME to a folder of yours.",
    ),
    errors.DesktopUnsupportedError: (
        "Not on this system",
        "On Windows and macOS the installer makes the menu entry and Open With.",
        "With pip, start Unblur with: unblur-window.",
    ),
    errors.DesktopWriteError: (
        "The menu entry could not be changed",
        "“{name}” could not be written or removed ({detail}).",
        "Check the permissions of that folder.",
    ),
    errors.PsfUnreadableError: (
        "No PSF in this file",
        "“{name}” cannot be read as a PSF: {detail}.",
        "Unblur reads grey PNG pictures of 8 or 16 bits, up to 255 pixels wide and high.",
    ),
    errors.PsfWriteError: (
        "The PSF was not saved",
        "“{name}” could not be written ({detail}).",
        "Check the disk and its permissions, or choose another folder.",
    ),
    errors.RecoveryError: (
        "Your edits are not safe from a crash",
        "They cannot be saved in “{name}” ({detail}).",
        "Free some space or check the permissions there, and export soon.",
    ),
    errors.SettingsError: (
        "Settings could not be kept",
        "“{name}” cannot be read or written ({detail}).",
        "Check the permissions of that file; the defaults are used.",
    ),
}


def covered_types() -> frozenset[type[AppError]]:
    """The error types that have words."""
    return frozenset(_TEMPLATES)


def message_for(error: AppError) -> Message:
    """The words for `error`; an unknown subclass gets those of its nearest ancestor."""
    template = next((_TEMPLATES[t] for t in type(error).__mro__ if t in _TEMPLATES), None)
    if template is None:
        return Message("Something went wrong", str(error) or type(error).__name__, "")
    path = getattr(error, "path", None)
    facts = {
        "name": printable(path) if path is not None else "The pasted picture",
        "detail": getattr(error, "detail", ""),
        "model": getattr(error, "model_id", ""),
    }
    title, sentence, hint = (part.format(**facts) for part in template)
    return Message(title, sentence, hint)


def printable(path: Path) -> str:
    """A path for people and logs: bytes that are no letters become �."""
    return os.fsencode(path).decode("utf-8", "replace")
