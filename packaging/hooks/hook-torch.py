"""What of torch goes into the bundle; PyInstaller takes this hook instead of its own.

Its own collects every submodule, every header and the tests, because it cannot know which are
used. Here PyInstaller follows the imports, the spec says which of them are never reached, and of
the files only the libraries come along.
"""

from pathlib import Path

from PyInstaller.utils.hooks import PY_DYLIB_PATTERNS, collect_dynamic_libs, get_package_paths

# Parts of torch's own test suite that the wheel carries.
_OF_TESTS = ("aoti_custom_ops", "backend_with_compiler", "jitbackend_test", "torchbind_test")

binaries = [
    (source, target)
    for source, target in collect_dynamic_libs(
        "torch", search_patterns=[*PY_DYLIB_PATTERNS, "*.so.*"]
    )
    if not any(name in Path(source).name for name in _OF_TESTS) and "/test" not in source
]
# `import torch` fails where this program is missing, although nothing here ever starts it.
_torch = Path(get_package_paths("torch")[1])
_manager = _torch / "bin" / "torch_shm_manager"
if _manager.exists():
    binaries.append((str(_manager), "torch/bin"))

# Links to these libraries beside the executable would make torch look for its own in vain.
bindepend_symlink_suppression = ["**/torch/lib/*.so*"]

# Bytecode, but for the modules whose source is read when they are imported.
_READ_THEMSELVES = ("install_config_module(", "_jit_internal import", "_jit_internal._overload")
module_collection_mode = {"torch": "pyz"} | {
    ".".join(path.relative_to(_torch.parent).with_suffix("").parts): "pyz+py"
    for path in _torch.rglob("*.py")
    if any(sign in path.read_text(encoding="utf-8") for sign in _READ_THEMSELVES)
}
