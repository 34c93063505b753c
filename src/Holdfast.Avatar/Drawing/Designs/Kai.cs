using SkiaSharp;
using static Holdfast.Avatar.Ink;

namespace Holdfast.Avatar;

/// <summary>Kai: short swept-back hair, a square jaw, round glasses, a knitted jumper over a shirt.</summary>
internal static class Kai
{
    private static readonly SKPoint[] FaceCurve =
    [
        new(256, 104),
        new(316, 104), new(344, 142), new(344, 200),
        new(344, 236), new(341, 262), new(331, 286),
        new(318, 316), new(286, 341), new(256, 341),
        new(226, 341), new(194, 316), new(181, 286),
        new(171, 262), new(168, 236), new(168, 200),
        new(168, 142), new(196, 104), new(256, 104),
    ];

    private const string NeckOutline = "M210 286 C212 334 211 362 204 380 C200 390 194 396 188 400 L256 470 L324 400 C318 396 312 390 308 380 C301 362 300 334 302 286 Z";

    private const string BodyOutline = "M46 530 C48 474 76 440 126 424 C158 413 182 406 200 396 C214 424 234 438 256 438 C278 438 298 424 312 396 C330 406 354 413 386 424 C436 440 464 474 466 530 Z";

    public static CharacterDesign Design { get; } = new()
    {
        Name = "kai",
        Lift = 16,
        HairBend = new Bend(140, 50, 0.7f),
        HairBack =
        [
            Fill("M168 230 C150 202 150 134 200 110 C240 92 290 92 318 112 C362 134 362 202 344 230 Z", Linear(180, 80, 340, 220, Color("#3a2a24"), Color("#241916"))),
        ],
        Neck =
        [
            Fill(NeckOutline,
                Linear(256, 320, 256, 440, Color("#c48a63"), Color("#dba47d"))),
            Fill("M209 312 C226 342 242 354 258 354 C274 354 290 340 303 312 L303 344 C292 370 274 382 256 382 C238 382 220 368 209 346 Z", Solid("#a06743", 0.62f).Soft(3.2f)) with { Within = Path(NeckOutline) },
        ],
        Body =
        [
            Fill(BodyOutline,
                Linear(100, 400, 420, 530, Color("#dd8a57"), Color("#c87043"), Color("#ad5a34"))),
            Fill("M176 398 C116 418 64 428 42 490 C76 450 120 436 182 432 Z", Solid("#f6bd92", 0.42f).Soft(6)) with { Within = Path(BodyOutline) },
            Stroke("M118 530 C120 504 116 486 106 466", "#8f4626", 2.8f, 0.5f),
            Stroke("M394 530 C392 504 396 486 406 466", "#8f4626", 2.8f, 0.5f),
        ],
        BodyFront =
        [
            // The knitted neckband, and the shirt's collar over it.
            Fill("M192 398 C204 436 228 456 256 456 C284 456 308 436 320 398 L310 393 C298 424 280 438 256 438 C232 438 214 424 202 393 Z", Linear(200, 400, 310, 450, Color("#c4693d"), Color("#a9552f"))),
            Fill("M206 372 C200 386 192 394 184 398 C190 424 206 440 226 450 L254 434 C232 420 214 400 206 372 Z", Linear(190, 380, 250, 450, Color("#fbfaf5"), Color("#e6e8e4"))),
            Fill("M306 372 C312 386 320 394 328 398 C322 424 306 440 286 450 L258 434 C280 420 298 400 306 372 Z", Linear(322, 380, 262, 450, Color("#f6f5ef"), Color("#dfe2de"))),
            Stroke("M184 398 C190 424 206 440 226 450 L254 434", "#c6c9c2", 1.5f),
            Stroke("M328 398 C322 424 306 440 286 450 L258 434", "#c6c9c2", 1.5f),
        ],
        Ears =
        [
            Fill("M172 196 C156 188 146 200 149 220 C152 242 163 258 177 252 Z", "#cf966e"),
            Fill("M340 196 C356 188 366 200 363 220 C360 242 349 258 335 252 Z", "#c68b63"),
            Stroke("M168 208 C158 204 154 212 157 224 C159 232 163 236 167 238", "#a96f4b", 2.2f, 0.7f),
            Stroke("M344 208 C354 204 358 212 355 224 C353 232 349 236 345 238", "#a0653f", 2.2f, 0.7f),
        ],
        Face = FaceCurve,
        Skin = Linear(206, 116, 310, 340, Color("#efc39d"), Color("#e3b088"), Color("#cd9068")),
        FaceShade =
        [
            Fill("M160 100 L352 100 L352 214 C344 190 338 172 330 160 C300 166 240 164 204 144 C190 156 178 180 174 214 L160 214 Z", Solid("#9c613c", 0.34f).Soft(5)),
            // A trace of beard.
            Fill("M170 258 C184 262 196 280 212 286 C226 274 286 274 300 286 C316 280 328 262 342 258 C338 310 300 346 256 346 C212 346 174 310 170 258 Z", Solid("#6b5142", 0.13f).Soft(8)),
            Fill(Oval(202, 264, 14, 8), Solid("#e0684e", 0.30f).Soft(8)),
            Fill(Oval(310, 264, 14, 8), Solid("#dc6248", 0.30f).Soft(8)),
            Fill(Oval(256, 326, 16, 7), Solid("#ffffff", 0.12f).Soft(4)),
            Fill("M348 160 C350 236 344 284 296 342 L356 342 Z", Solid("#95582f", 0.26f).Soft(9)),
            Fill("M164 190 C166 250 176 294 216 334 L160 330 Z", Solid("#95582f", 0.12f).Soft(8)),
        ],
        Eyes = new EyeDesign
        {
            Apart = 41,
            Y = 216,
            HalfWidth = 20,
            Upper = 11.0f,
            Lower = 7.6f,
            Slant = 0.6f,
            Iris = 10.2f,
            IrisColor = "#6f7d4a",
            IrisRim = "#333a22",
            LashColor = "#2a1b15",
            Lash = 2.5f,
            Wing = 1.4f,
            LidColor = "#dca67f",
            CreaseColor = "#a5693f",
        },
        Brows = new BrowDesign(19, 47, 183, 4.4f, 7.0f, 7.4f, "#3a2922"),
        Nose =
        [
            Fill("M247 200 C245 224 240 246 236 256 C244 262 250 246 252 226 Z", Solid("#a86a42", 0.26f).Soft(2.6f)),
            Fill("M254 206 C259 228 261 244 259 256 C253 256 252 236 254 206 Z", Solid("#ffffff", 0.24f).Soft(2.4f)),
            Stroke("M237.5 257 C232.5 262 235 269.5 242 268.5 C248 272 264 272.2 270 268.5 C277 269.5 279.5 262 274.5 257", "#9c5f3a", 2.8f, 0.78f),
            Fill(Oval(256, 259, 7.5f, 4.2f), Solid("#ffffff", 0.25f).Soft(2)),
            Fill(Oval(256, 277, 10, 3), Solid("#95582f", 0.24f).Soft(2.6f)),
        ],
        Mouth = new MouthDesign
        {
            Y = 296,
            HalfWidth = 31,
            UpperLip = 5.0f,
            LowerLip = 6.8f,
            MaxOpen = 27,
            Smile = 6.6f,
            UpperColor = "#b06a55",
            LowerColor = "#c07d66",
            LineColor = "#7a3d30",
            ShadeColor = "#95582f",
        },
        HairFront =
        [
            // Sideboards.
            Fill("M172 130 C166 178 165 200 168 226 C174 221 177 213 178 203 C180 180 192 160 212 128 Z", "#33241e"),
            Fill("M340 130 C346 178 347 200 344 226 C338 221 335 213 334 203 C333 182 330 164 318 140 Z", "#271b17"),
            // The mass, swept up and over to the right.
            Fill("M162 190 C148 140 158 96 196 76 C206 58 246 46 286 54 C330 62 362 98 358 146 C357 164 354 178 350 190 C347 172 342 158 332 148 C312 156 286 156 262 150 C238 146 218 140 206 132 C194 144 176 160 172 178 C168 184 165 188 162 190 Z",
                Linear(190, 60, 340, 190, Color("#584037"), Color("#3b2a23"), Color("#281b17"))),
            Fill("M200 92 C232 70 286 68 322 94 C340 108 348 126 348 142 C330 116 300 104 264 104 C238 104 214 102 200 92 Z", Solid("#8d6c58", 0.42f).Soft(2.6f)),
            Stroke("M204 126 C240 144 292 148 328 140", "#74584a", 1.7f, 0.55f),
            Stroke("M196 84 C226 114 286 122 338 128", "#1d1310", 1.7f, 0.38f),
            Stroke("M208 72 C244 94 302 98 346 122", "#1d1310", 1.6f, 0.32f),
            Stroke("M188 90 C176 110 168 132 168 160", "#1d1310", 1.6f, 0.38f),
            Stroke("M198 118 C184 132 175 148 171 166", "#74584a", 1.5f, 0.5f),
        ],
        Glasses =
        [
            Fill(RoundLens(215), Linear(195, 195, 240, 245, Color("#ffffff", 0.20f), Color("#ffffff", 0.02f), Color("#ffffff", 0.10f))),
            Fill(RoundLens(297), Linear(277, 195, 322, 245, Color("#ffffff", 0.20f), Color("#ffffff", 0.02f), Color("#ffffff", 0.10f))),
            new Shape(RoundLens(215), Line("#3b3230", 3.4f)),
            new Shape(RoundLens(297), Line("#3b3230", 3.4f)),
            Stroke("M245.5 213 C251 207.5 261 207.5 266.5 213", "#3b3230", 3.2f),
            Stroke("M184 211 C178 209 174 208 170 208", "#3b3230", 3.2f),
            Stroke("M328 211 C334 209 338 208 342 208", "#3b3230", 3.2f),
        ],
    };

    private static SKPath RoundLens(float x) =>
        Path(FormattableString.Invariant($"M{x - 31} 214 C{x - 31} 197 {x - 20} 190.5 {x} 190.5 C{x + 20} 190.5 {x + 31} 197 {x + 31} 214 C{x + 31} 235 {x + 19} 246 {x} 246 C{x - 19} 246 {x - 31} 235 {x - 31} 214 Z"));
}
