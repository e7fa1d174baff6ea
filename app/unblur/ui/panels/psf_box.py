"""How the selected region is deconvolved: its PSF as a picture, with everything that changes it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from unblur.document.deconvolution import (
    Blur,
    Deconvolution,
    DiscBlur,
    GaussianBlur,
    MotionBlur,
    PsfOrigin,
    PsfPicture,
    picture_of,
)
from unblur.engine.psf_weights import weights_of
from unblur.ui.panels.muted_label import muted_label
from unblur.ui.panels.psf_dials import PsfDials, noise_at, smoothness_of
from unblur.ui.panels.psf_view import PsfMode, PsfView
from unblur.ui.panels.slider_row import SliderRow
from unblur.ui.psf_starts import (
    LONGEST_MOTION,
    WIDEST_DEVIATION,
    WIDEST_RADIUS,
    disc_start,
    gaussian_start,
    motion_start,
)
from unblur.ui.psf_work import PsfWork
from unblur.ui.restorer import Restorer
from unblur.ui.session import Session

if TYPE_CHECKING:  # OpenCV comes with it
    from unblur.analysis.kinds import Blur as MeasuredBlur

_DOUBTFUL = 0.75  # confidence of an estimate below which it is said
_KINDS = ("Motion", "Out of focus", "Gaussian", "By hand")
_ORIGINS = {
    PsfOrigin.DRAWN: "Drawn",
    PsfOrigin.ESTIMATED: "Estimated",
    PsfOrigin.FILE: "From a file",
}
_PSF_FILTER = "PSF as a picture (*.png *.PNG);;All files (*)"


class PsfBox(QWidget):
    """Shown while the selected region is deconvolved; `measured` is what is known of the blur.

    Signals:
        appeared: it is laid out where it was not before.
    """

    appeared = Signal()

    def __init__(
        self,
        session: Session,
        restorer: Restorer,
        work: PsfWork,
        measured: Callable[[], MeasuredBlur | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._restorer = restorer
        self._work = work
        self._measured = measured
        self.view = PsfView()
        self.dials = PsfDials()
        self.kind = QComboBox()
        self.kind.setAccessibleName("Kind of blur")
        self.kind.addItems(_KINDS)
        self.smoothness = SliderRow(
            "Smoothness",
            "How much noise, and how much error of the PSF, to reckon with: less is sharper, "
            "until it rings",
            "{}".format,
        )
        self.linear = QCheckBox("Solve in linear light")
        self.linear.setToolTip(
            "Blur happens in linear light: closer to the truth for a photo straight from a camera"
        )
        self.draw = _tool("Draw", "Paint light onto the picture with the mouse")
        self.erase = _tool("Erase", "Take light away with the mouse")
        self.clear = _tool("Clear", "Begin again with a single point", is_checkable=False)
        self.load = _tool("Load…", "Take the PSF from a PNG picture", is_checkable=False)
        self.save = _tool("Save…", "Keep the PSF as a PNG of 16 bits", is_checkable=False)
        self.estimate = QPushButton("Estimate from the photo")
        self._facts = muted_label()
        self.note = muted_label()
        self._appearing = QTimer(self, singleShot=True, interval=0)
        self._lay_out()
        self._connect()
        self._show()

    def _lay_out(self) -> None:
        heading = QLabel("Blur")
        heading.setObjectName("heading")
        heading.setToolTip("The PSF: how the light of a point was spread over the photo")
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(heading)
        top.addWidget(self.kind, 1)
        side = QVBoxLayout()
        side.setSpacing(2)
        for button in (self.draw, self.erase, self.clear, self.load, self.save):
            side.addWidget(button)
        side.addStretch()
        side.addWidget(self._facts)
        picture = QHBoxLayout()
        picture.setSpacing(8)
        picture.addWidget(self.view, 0, Qt.AlignmentFlag.AlignTop)
        picture.addLayout(side, 1)
        rule = QFrame()
        rule.setObjectName("rule")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(rule)
        layout.addLayout(top)
        layout.addLayout(picture)
        layout.addWidget(self.dials)
        layout.addWidget(self.estimate)
        layout.addWidget(self.note)
        layout.addWidget(self.smoothness)
        layout.addWidget(self.linear)

    def _connect(self) -> None:
        self._appearing.timeout.connect(self.appeared)
        self.dials.turned.connect(lambda blur, gesture: self._change(blur, f"dial {gesture}"))
        self.view.pulled.connect(self._on_pulled)
        self.view.painted.connect(self._on_painted)
        self.kind.activated.connect(self._on_kind_chosen)
        self.smoothness.moved.connect(self._on_smoothness_moved)
        self.linear.clicked.connect(self._on_linear_clicked)
        self.draw.clicked.connect(lambda is_on: self._choose_mode(PsfMode.DRAW, is_on=is_on))
        self.erase.clicked.connect(lambda is_on: self._choose_mode(PsfMode.ERASE, is_on=is_on))
        self.clear.clicked.connect(self._on_clear_clicked)
        self.load.clicked.connect(self._on_load_clicked)
        self.save.clicked.connect(self._on_save_clicked)
        self.estimate.clicked.connect(self._on_estimate_clicked)
        self._session.document_changed.connect(self._show)
        self._session.selection_changed.connect(self._show)
        self._work.estimating_changed.connect(self._show)
        self._restorer.running_changed.connect(self._show)

    @property
    def recipe(self) -> Deconvolution | None:
        """How the selected region is deconvolved; None where it is not."""
        region = self._session.selected_region
        return region.model.deconvolution if region else None

    def _show(self) -> None:
        recipe = self.recipe
        if recipe is not None and self.isHidden():
            # Once it has its place among the others.
            self._appearing.start()
        self.setVisible(recipe is not None)
        if recipe is None:
            return
        blur = recipe.blur
        self.view.show_blur(blur, can_pull=not isinstance(blur, PsfPicture))
        self.dials.show_blur(blur)
        if self.view.mode is not PsfMode.PULL:
            # The first stroke makes the PSF a picture, which has no dials: if they went only
            # then, the picture would move away under the mouse.
            self.dials.hide()
        origin = blur.origin if isinstance(blur, PsfPicture) else None
        self.kind.setItemText(len(_KINDS) - 1, _ORIGINS[origin] if origin else _KINDS[-1])
        with QSignalBlocker(self.kind):
            self.kind.setCurrentIndex(_index_of(blur))
        self.smoothness.set_position(smoothness_of(recipe.noise))
        self.linear.setChecked(recipe.is_linear)
        height, width = weights_of(blur).shape
        self._facts.setText(f"{width} × {height} px")
        is_estimating = self._work.is_estimating
        self.estimate.setText("Stop estimating" if is_estimating else "Estimate from the photo")
        self.estimate.setEnabled(is_estimating or not self._restorer.is_running)
        self.note.setText(_doubt(blur))
        self.note.setVisible(bool(self.note.text()))

    def _change(self, blur: Blur, gesture: str = "", text: str = "Change Blur") -> None:
        if self.recipe is not None:
            self._edit(replace(self.recipe, blur=blur), gesture, text)

    def _edit(self, recipe: Deconvolution, gesture: str = "", text: str = "Change Blur") -> None:
        region = self._session.selected_region
        if region is not None:
            model = replace(region.model, deconvolution=recipe)
            key = f"psf {region.id} {gesture}" if gesture else ""
            self._session.edit_region(replace(region, model=model), text, key)

    def _on_kind_chosen(self, index: int) -> None:
        recipe = self.recipe
        if recipe is None or index == _index_of(recipe.blur):
            return
        measured = self._measured()
        made: tuple[Callable[[], Blur], ...] = (
            lambda: motion_start(measured),
            lambda: disc_start(measured),
            lambda: gaussian_start(measured),
            lambda: picture_of(weights_of(recipe.blur), PsfOrigin.DRAWN),
        )
        self._choose_mode(PsfMode.PULL, is_on=True)
        self._change(made[index]())

    def _on_pulled(self, right: float, up: float, gesture: int) -> None:
        recipe, reach = self.recipe, math.hypot(right, up)
        if recipe is None:
            return
        blur: Blur = GaussianBlur(min(reach / 2, WIDEST_DEVIATION))
        if isinstance(recipe.blur, MotionBlur):
            angle = math.degrees(math.atan2(up, right)) % 180
            blur = MotionBlur(min(2 * reach, LONGEST_MOTION), round(angle, 1))
        elif isinstance(recipe.blur, DiscBlur):
            blur = DiscBlur(min(reach, WIDEST_RADIUS))
        self._change(blur, f"pull {gesture}")

    def _on_painted(self, weights: object, gesture: int) -> None:
        self._change(picture_of(weights, PsfOrigin.DRAWN), f"stroke {gesture}", "Draw PSF")  # type: ignore[arg-type]

    def _on_smoothness_moved(self, position: int, gesture: int) -> None:
        if self.recipe is not None:
            recipe = replace(self.recipe, noise=noise_at(position))
            self._edit(recipe, f"smoothness {gesture}", "Change Smoothness")

    def _on_linear_clicked(self, is_on: bool) -> None:  # noqa: FBT001 - a Qt slot
        if self.recipe is not None:
            self._edit(replace(self.recipe, is_linear=is_on), text="Change Linear Light")

    def _choose_mode(self, mode: PsfMode, *, is_on: bool) -> None:
        chosen = mode if is_on else PsfMode.PULL
        self.view.set_mode(chosen)
        self.draw.setChecked(chosen is PsfMode.DRAW)
        self.erase.setChecked(chosen is PsfMode.ERASE)
        self._show()

    def _on_clear_clicked(self) -> None:
        self._choose_mode(PsfMode.DRAW, is_on=True)
        self._change(picture_of(weights_of(DiscBlur(0)), PsfOrigin.DRAWN), text="Clear PSF")

    def _on_load_clicked(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self.window(), "Load a PSF", "", _PSF_FILTER)
        if name:
            self._work.load(Path(name))

    def _on_save_clicked(self) -> None:
        recipe = self.recipe
        if recipe is None:
            return
        name, _ = QFileDialog.getSaveFileName(self.window(), "Save the PSF", "psf.png", _PSF_FILTER)
        if name:
            path = Path(name)
            self._work.save(recipe.blur, path if path.suffix else path.with_suffix(".png"))

    def _on_estimate_clicked(self) -> None:
        if self._work.is_estimating:
            self._work.drop()
        else:
            self._work.estimate()


def _doubt(blur: Blur) -> str:
    """What to say of an estimate; a high confidence proves nothing, so nothing is said of it."""
    if not isinstance(blur, PsfPicture) or blur.confidence is None:
        return ""
    if blur.confidence == 0.0:
        return "There is too little detail here to tell the blur."
    if blur.confidence < _DOUBTFUL:
        return "The blur seems to differ from place to place: a network may do better."
    return ""


def _index_of(blur: Blur) -> int:
    kinds = (MotionBlur, DiscBlur, GaussianBlur)
    return next((i for i, kind in enumerate(kinds) if isinstance(blur, kind)), len(kinds))


def _tool(words: str, tip: str, *, is_checkable: bool = True) -> QToolButton:
    button = QToolButton()
    button.setText(words)
    button.setToolTip(tip)
    button.setCheckable(is_checkable)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setMinimumWidth(70)
    return button
