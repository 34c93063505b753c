using SkiaSharp;
using static Holdfast.Avatar.Ink;

namespace Holdfast.Avatar;

/// <summary>Lin: long dark hair with a side-swept fringe, a teal jacket over a cream blouse.</summary>
internal static class Lin
{
    private static readonly SKPoint[] FaceCurve =
    [
        new(256, 92),
        new(316, 92), new(341, 146), new(340, 206),
        new(339, 244), new(331, 272), new(309, 300),
        new(293, 320), new(275, 335), new(256, 335),
        new(237, 335), new(219, 320), new(203, 300),
        new(181, 272), new(173, 244), new(172, 206),
        new(171, 146), new(196, 92), new(256, 92),
    ];

    private const string NeckOutline = "M219 290 C221 330 221 356 216 376 C210 392 190 398 176 404 L256 474 L336 404 C322 398 302 392 296 376 C291 356 291 330 293 290 Z";

    private const string BodyOutline = "M64 530 C66 470 92 436 140 418 C164 409 184 402 200 392 L256 486 L312 392 C328 402 348 409 372 418 C420 436 446 470 448 530 Z";

    public static CharacterDesign Design { get; } = new()
    {
        Name = "lin",
        Lift = 12,
        HairBend = new Bend(180, 420, 1.6f),
        HairBehind =
        [
            Fill(
                "M256 150 C330 150 376 150 379 186 C381 238 388 286 398 338 C404 372 402 404 384 420 C362 434 322 428 306 414 L206 414 C190 428 150 434 128 420 C110 404 108 372 114 338 C124 286 131 238 133 186 C136 150 182 150 256 150 Z",
                Linear(150, 60, 380, 430, Color("#4a3431"), Color("#35221f"), Color("#261816"))),
            Stroke("M148 236 C142 290 128 330 130 394", "#5d433d", 3, 0.45f),
            Stroke("M160 268 C156 320 146 352 152 412", "#1c1110", 3, 0.35f),
            Stroke("M364 236 C370 290 384 330 382 394", "#5d433d", 3, 0.30f),
            Stroke("M352 268 C356 320 366 352 360 412", "#1c1110", 3, 0.35f),
        ],
        Neck =
        [
            Fill(NeckOutline,
                Linear(256, 320, 256, 440, Color("#dca381"), Color("#efc3a4"))),
            Fill("M219 316 C233 342 245 350 258 350 C272 350 283 340 293 318 L293 344 C285 366 270 376 256 376 C240 376 226 364 219 344 Z", Solid("#bf7f5e", 0.62f).Soft(3)) with { Within = Path(NeckOutline) },
            Stroke("M226 412 C238 420 246 424 252 425", "#c78d6c", 2.2f, 0.5f),
            Stroke("M286 412 C274 420 266 424 260 425", "#c78d6c", 2.2f, 0.5f),
        ],
        Body =
        [
            Fill(BodyOutline,
                Linear(110, 400, 400, 530, Color("#347f70"), Color("#246057"), Color("#1c4d46"))),
            Fill("M176 396 C130 414 80 424 60 484 C92 446 130 432 186 428 Z", Solid("#66b3a0", 0.42f).Soft(6)) with { Within = Path(BodyOutline) },
            Stroke("M136 530 C138 500 134 482 126 464", "#17423c", 2.6f, 0.55f),
            Stroke("M376 530 C374 500 378 482 386 464", "#17423c", 2.6f, 0.55f),
            // The blouse.
            Fill("M204 396 L256 470 L308 396 L318 404 L288 530 L224 530 L194 404 Z",
                Linear(256, 400, 256, 520, Color("#fdfaf2"), Color("#ece6d8"))),
            Stroke("M256 474 L256 530", "#d5ccb9", 1.8f),
        ],
        BodyFront =
        [
            // Blouse collar, then the jacket's lapels.
            Fill("M213 384 C205 392 198 397 192 400 L228 462 L256 470 C238 446 224 418 213 384 Z", Linear(200, 390, 250, 470, Color("#ffffff"), Color("#efe9dc"))),
            Fill("M299 384 C307 392 314 397 320 400 L284 462 L256 470 C274 446 288 418 299 384 Z", Linear(310, 390, 262, 470, Color("#ffffff"), Color("#e9e2d3"))),
            Stroke("M228 462 L256 470 L284 462", "#d8cfbd", 1.5f),
            Fill("M192 398 C176 408 166 414 160 424 L176 452 L164 462 L226 530 L246 530 C224 494 202 446 192 398 Z", Linear(160, 410, 240, 530, Color("#418f7f"), Color("#27685d"))),
            Fill("M320 398 C336 408 346 414 352 424 L336 452 L348 462 L286 530 L266 530 C288 494 310 446 320 398 Z", Linear(350, 410, 272, 530, Color("#37806f"), Color("#215a51"))),
            Stroke("M176 452 L164 462 L226 530", "#1a4b44", 1.6f, 0.6f),
            Stroke("M336 452 L348 462 L286 530", "#1a4b44", 1.6f, 0.6f),
        ],
        Ears =
        [
            Fill("M176 204 C162 198 153 208 156 224 C159 242 168 254 180 250 Z", "#e0a683"),
            Fill("M336 204 C350 198 359 208 356 224 C353 242 344 254 332 250 Z", "#d99c79"),
        ],
        Face = FaceCurve,
        Skin = Linear(214, 120, 306, 334, Color("#f9dcc5"), Color("#f3cbae"), Color("#e6b191")),
        FaceShade =
        [
            // The fringe's shadow on the forehead.
            Fill("M160 108 L352 108 L352 236 C346 206 340 190 326 178 C296 164 250 156 228 128 C220 150 192 170 182 196 C178 208 176 222 174 236 L160 236 Z", Solid("#bf7a58", 0.34f).Soft(5)),
            Fill(Oval(203, 264, 15, 9), Solid("#f0806c", 0.40f).Soft(8)),
            Fill(Oval(309, 264, 15, 9), Solid("#ee7a66", 0.40f).Soft(8)),
            // Light on the cheekbones and chin; the side away from the light.
            Fill(Oval(204, 243, 15, 6), Solid("#ffffff", 0.16f).Soft(4)),
            Fill(Oval(256, 322, 14, 6), Solid("#ffffff", 0.15f).Soft(4)),
            Fill("M344 170 C346 240 336 284 292 336 L350 336 Z", Solid("#b9714f", 0.22f).Soft(9)),
            Fill("M168 190 C172 250 182 284 214 326 L166 320 Z", Solid("#c07a58", 0.12f).Soft(8)),
        ],
        Eyes = new EyeDesign
        {
            Apart = 39.5f,
            Y = 217,
            HalfWidth = 22,
            Upper = 13.2f,
            Lower = 8.4f,
            Slant = 2.0f,
            Iris = 11.8f,
            IrisColor = "#94613c",
            IrisRim = "#44281b",
            LashColor = "#2a1815",
            Lash = 3.2f,
            Wing = 4.4f,
            LidColor = "#efc2a4",
            CreaseColor = "#bd8263",
        },
        Brows = new BrowDesign(20, 42, 187, 4.6f, 6.6f, 5.4f, "#54392f"),
        Nose =
        [
            Fill("M248 206 C246 226 243 244 240 254 C246 258 250 246 252 232 Z", Solid("#c98663", 0.20f).Soft(2.5f)),
            Fill("M254 212 C258 230 260 244 258 254 C253 254 252 236 254 212 Z", Solid("#ffffff", 0.30f).Soft(2.2f)),
            Stroke("M241.5 257.5 C238 261 239.5 266.5 245 266 C249 268.6 262 268.8 267 266 C272.5 266.5 274 261 270.5 257.5", "#c17c5a", 2.5f, 0.80f),
            Fill(Oval(256, 258, 6, 3.6f), Solid("#ffffff", 0.34f).Soft(1.8f)),
            Fill(Oval(256, 273, 9, 3), Solid("#b9714f", 0.22f).Soft(2.4f)),
        ],
        Mouth = new MouthDesign
        {
            Y = 291,
            HalfWidth = 29.5f,
            UpperLip = 7.4f,
            LowerLip = 9.2f,
            MaxOpen = 27,
            Smile = 6.4f,
            UpperColor = "#bd5554",
            LowerColor = "#cf6c66",
            LineColor = "#8a3436",
            ShadeColor = "#b56f50",
        },
        HairFront =
        [
            // The fringe swept to the right from the parting, down to a lock before the ear.
            Fill("M222 84 C228 122 262 144 300 156 C322 163 334 178 338 204 C341 226 344 250 350 276 C354 294 352 312 344 330 C368 316 378 292 376 262 C384 236 386 206 382 174 C374 98 326 52 258 52 C240 54 226 64 222 84 Z",
                Linear(240, 60, 370, 300, Color("#57403a"), Color("#3c2824"), Color("#2a1a18"))),
            // The short side.
            Fill("M226 82 C222 116 200 142 186 168 C177 186 174 208 172 228 C170 254 164 280 168 326 C146 312 134 288 136 258 C128 232 126 204 130 172 C138 98 190 50 262 52 C242 56 230 66 226 82 Z",
                Linear(226, 60, 150, 300, Color("#4d3732"), Color("#3a2622"), Color("#2b1b18"))),
            // Sheen and strands that follow the sweep.
            Fill("M236 96 C252 126 292 138 328 150 C346 158 358 172 366 194 C364 160 344 136 312 124 C282 114 254 110 236 96 Z", Solid("#8b6a5d", 0.42f).Soft(2.2f)),
            Fill("M208 106 C190 126 166 146 154 182 C152 158 168 128 208 106 Z", Solid("#86655a", 0.38f).Soft(2.2f)),
            Stroke("M230 80 C246 112 290 124 330 142 C352 152 364 180 366 220", "#241513", 1.6f, 0.42f),
            Stroke("M238 72 C262 98 306 106 342 128 C364 144 374 172 375 206", "#241513", 1.5f, 0.34f),
            Stroke("M225 96 C238 130 276 146 308 160", "#6d5047", 1.5f, 0.60f),
            Stroke("M220 84 C206 114 176 134 160 168 C152 190 150 214 151 240", "#241513", 1.5f, 0.40f),
            Stroke("M228 70 C204 86 172 106 152 144", "#241513", 1.4f, 0.30f),
            Stroke("M346 214 C350 244 362 272 356 306", "#6a4d45", 1.7f, 0.55f),
            Stroke("M160 214 C158 246 150 270 157 302", "#6a4d45", 1.7f, 0.55f),
        ],
    };
}
