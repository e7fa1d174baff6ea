"""Networks that restore photographs, with their weights: usable without the program.

    import torch
    from unblur_models.loading import load_model
    model = load_model("maxim-3s.gopro")
    picture = torch.rand(1, 3, 64, 64)  # RGB in [0, 1], sides multiples of 64
    restored = model(picture, "draft").clamp(0, 1)

`catalog` lists the models without importing torch, and so does this module.
"""
