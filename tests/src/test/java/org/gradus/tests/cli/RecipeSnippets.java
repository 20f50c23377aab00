package org.gradus.tests.cli;

import static org.gradus.train.TrainingLength.epochs;

import java.nio.file.Path;
import java.util.List;
import org.gradus.data.CmuDict;
import org.gradus.data.Dataset;
import org.gradus.data.Digits;
import org.gradus.data.FashionMnist;
import org.gradus.data.LabeledTexts;
import org.gradus.data.LanguageModelDataset;
import org.gradus.data.Normalize;
import org.gradus.data.Parts;
import org.gradus.data.RandomCrop;
import org.gradus.data.RandomFlip;
import org.gradus.data.SeattleWeather;
import org.gradus.data.SequencePairs;
import org.gradus.data.SpamAssassin;
import org.gradus.data.TextPairs;
import org.gradus.data.text.BytePairTokenizer;
import org.gradus.data.text.CharacterTokenizer;
import org.gradus.data.text.SymbolTokenizer;
import org.gradus.data.text.Tokenizer;
import org.gradus.data.text.WordTokenizer;
import org.gradus.io.ImageGrid;
import org.gradus.metrics.Accuracy;
import org.gradus.metrics.BitsPerCharacter;
import org.gradus.metrics.F1;
import org.gradus.metrics.MeanAbsoluteError;
import org.gradus.models.Autoencoder;
import org.gradus.models.CharLstm;
import org.gradus.models.Dcgan;
import org.gradus.models.DigitsCnn;
import org.gradus.models.GanTask;
import org.gradus.models.Gpt;
import org.gradus.models.GruForecaster;
import org.gradus.models.LeNet;
import org.gradus.models.Mlp;
import org.gradus.models.ResNet;
import org.gradus.models.Sampler;
import org.gradus.models.Seq2SeqTransformer;
import org.gradus.models.TextClassifier;
import org.gradus.models.TextGeneration;
import org.gradus.models.Vae;
import org.gradus.models.VaeTask;
import org.gradus.models.WganGp;
import org.gradus.models.WganGpTask;
import org.gradus.nn.Loss;
import org.gradus.nn.TransformerSettings;
import org.gradus.optim.Adam;
import org.gradus.optim.AdamW;
import org.gradus.optim.SGD;
import org.gradus.optim.Schedule;
import org.gradus.shape.Shape;
import org.gradus.tensor.Generator;
import org.gradus.tensor.Tensor;
import org.gradus.train.Supervised;
import org.gradus.train.Trainer;
import org.gradus.train.TrainingResult;

/** The Java of the pages in docs/recipes, between two comments with the name of the page. */
final class RecipeSnippets {
    private RecipeSnippets() {}

    static TrainingResult digits() {
        // digits
        var model = new DigitsCnn();
        var result =
                Trainer.of(model)
                        .seed(1)
                        .batchSize(64)
                        .optimizer(Adam.withLearningRate(1e-2))
                        .schedule(Schedule.cosine(20 * 23))
                        .loss(Loss.crossEntropy())
                        .metric(new Accuracy())
                        .fit(Digits.train(), Digits.validation(), epochs(20));
        // digits
        return result;
    }

    static TrainingResult weather() {
        // weather
        var series = SeattleWeather.series();
        var windows = SeattleWeather.windows(series, 30, 7, List.of("temp_max"));
        int column = series.column("temp_max");
        double celsius = SeattleWeather.statistics(series).deviation()[column];
        var model = new GruForecaster(new GruForecaster.Settings(6, column, 7, 32, 1, 0.2));
        var result =
                Trainer.of(model)
                        .seed(1)
                        .batchSize(32)
                        .optimizer(AdamW.withLearningRate(3e-3).withWeightDecay(0.01))
                        .schedule(Schedule.cosine(12 * 34))
                        .clipNorm(1)
                        .loss(Loss.meanAbsoluteError())
                        .metric(MeanAbsoluteError.inUnitsOf(celsius))
                        .fit(windows.train(), windows.validation(), epochs(12));
        // weather
        return result;
    }

    static TrainingResult spam(Path folder) {
        // spam
        Parts<LabeledTexts> mails = SpamAssassin.parts(folder);
        Tokenizer words = WordTokenizer.train(mails.train().texts(), 2, 12_000);
        int padding = words.special(Tokenizer.PADDING);
        Dataset train = mails.train().encode(words::encode, 256, padding);
        Dataset validation = mails.validation().encode(words::encode, 256, padding);
        var layers = TransformerSettings.of(64, 4).withFeedforward(256).withNormFirst();
        var model =
                new TextClassifier(
                        new TextClassifier.Settings(words.size(), 256, 2, padding, 2, layers));
        var task =
                Supervised.of(model, inputs -> model.apply(inputs.getFirst()), Loss.crossEntropy())
                        .metric(F1.binary());
        var result =
                Trainer.of(task)
                        .seed(1)
                        .batchSize(32)
                        .optimizer(AdamW.withLearningRate(1e-3).withWeightDecay(0.01))
                        .schedule(Schedule.cosine(3 * 149 - 50).afterWarmUp(50))
                        .clipNorm(1)
                        .fit(train, validation, epochs(3));
        // spam
        return result;
    }

    static TrainingResult pronounce(Path folder) {
        // pronounce
        Parts<TextPairs> words = CmuDict.at(folder).parts();
        String[] special = {Tokenizer.PADDING, Tokenizer.START, Tokenizer.END};
        Tokenizer letters =
                CharacterTokenizer.of(String.join("", words.train().sources()), special);
        Tokenizer phonemes = SymbolTokenizer.of(words.train().targets(), special);
        var tokens = new SequencePairs.SpecialTokens(0, 1, 2);
        Dataset train = words.train().encode(letters::encode, phonemes::encode, tokens);
        Dataset validation = words.validation().encode(letters::encode, phonemes::encode, tokens);
        var layers = TransformerSettings.of(128, 4).withFeedforward(512).withNormFirst();
        var model =
                new Seq2SeqTransformer(
                        new Seq2SeqTransformer.Settings(
                                letters.size(), phonemes.size(), 0, 3, layers));
        var loss =
                Loss.crossEntropy().withLabelSmoothing(0.1).withIgnoredLabel(SequencePairs.IGNORED);
        var task =
                Supervised.of(
                        model,
                        inputs -> model.apply(inputs.get(0), inputs.get(2)),
                        (output, target) -> loss.of(output.flatten(0, 1), target.flatten()));
        var optimizer = AdamW.withLearningRate(2e-3).withBetas(0.9, 0.98).withWeightDecay(0.01);
        var result =
                Trainer.of(task)
                        .seed(1)
                        .batchSize(256)
                        .optimizer(optimizer)
                        .schedule(Schedule.cosine(5 * 460 - 200).afterWarmUp(200))
                        .clipNorm(1)
                        .fit(train, validation, epochs(5));
        // pronounce
        return result;
    }

    static TrainingResult fashionMlp(Path folder) {
        // fashion-mlp
        var normalize = Normalize.of(0.2860, 0.3530);
        Dataset train = FashionMnist.train(folder).map(normalize);
        Dataset test = FashionMnist.test(folder).map(normalize);
        var result =
                Trainer.of(Mlp.mnist())
                        .seed(1)
                        .batchSize(32)
                        .optimizer(Adam.withLearningRate(1e-3))
                        .schedule(Schedule.cosine(5 * 1875))
                        .loss(Loss.crossEntropy())
                        .metric(new Accuracy())
                        .fit(train, test, epochs(5));
        // fashion-mlp
        return result;
    }

    static TrainingResult fashionCnn(Path folder) {
        // fashion-cnn
        var normalize = Normalize.of(0.2860, 0.3530);
        Dataset train = FashionMnist.train(folder).map(normalize);
        Dataset test = FashionMnist.test(folder).map(normalize);
        var result =
                Trainer.of(LeNet.mnist())
                        .seed(1)
                        .batchSize(64)
                        .optimizer(Adam.withLearningRate(2e-3))
                        .schedule(Schedule.cosine(5 * 938))
                        .loss(Loss.crossEntropy())
                        .metric(new Accuracy())
                        .fit(train, test, epochs(5));
        // fashion-cnn
        return result;
    }

    static TrainingResult fashionResNet(Path folder) {
        // fashion-resnet
        var normalize = Normalize.of(0.2860, 0.3530);
        Dataset train =
                FashionMnist.train(folder)
                        .map(new RandomCrop(28, 28).padding(2), 1)
                        .map(RandomFlip.horizontal(), 2)
                        .map(normalize);
        Dataset test = FashionMnist.test(folder).map(normalize);
        var model = new ResNet(1, 2, 32, List.of(1, 1, 1), 10, true);
        var result =
                Trainer.of(model)
                        .seed(1)
                        .batchSize(128)
                        .optimizer(
                                SGD.withLearningRate(0.2)
                                        .withWeightDecay(5e-4)
                                        .withNesterovMomentum(0.9))
                        .schedule(Schedule.oneCycle(24 * 469))
                        .loss(Loss.crossEntropy().withLabelSmoothing(0.1))
                        .metric(new Accuracy())
                        .fit(train, test, epochs(24));
        // fashion-resnet
        return result;
    }

    static TrainingResult fashionAutoencoder(Path folder) {
        // fashion-autoencoder
        Dataset train = FashionMnist.train(folder);
        Dataset test = FashionMnist.test(folder);
        var model = new Autoencoder(1, 28, 28, 16, 32);
        var result =
                Trainer.of(Supervised.reconstruction(model, Loss.binaryCrossEntropyWithLogits()))
                        .seed(1)
                        .batchSize(64)
                        .optimizer(Adam.withLearningRate(1e-3))
                        .schedule(Schedule.cosine(5 * 938))
                        .fit(train, test, epochs(5));
        Tensor latent = model.encode(Tensor.of(test.get(0).input(), model.device()).unsqueeze(0));
        Tensor reconstruction = model.decode(latent);
        // fashion-autoencoder
        return result;
    }

    static TrainingResult fashionVae(Path folder, Path picture) {
        // fashion-vae
        Dataset train = FashionMnist.train(folder);
        Dataset test = FashionMnist.test(folder);
        var model = new Vae(1, 28, 28, 32, 20);
        var result =
                Trainer.of(new VaeTask(model))
                        .seed(1)
                        .batchSize(128)
                        .optimizer(Adam.withLearningRate(1e-3))
                        .schedule(Schedule.cosine(10 * 469))
                        .fit(train, test, epochs(10));
        model.eval();
        Tensor latent = new Generator(7).normal(model.device(), Shape.of(64, model.latent()));
        ImageGrid.write(picture, model.decode(latent).toHost(), 8);
        // fashion-vae
        return result;
    }

    static TrainingResult fashionGan(Path folder, Path picture) {
        // fashion-gan
        Dataset train = FashionMnist.train(folder).map(Normalize.of(0.5, 0.5));
        var model = Dcgan.of(1, 28, 32, 64);
        var result =
                Trainer.of(new GanTask(model, 0.1))
                        .seed(1)
                        .batchSize(64)
                        .optimizer(Adam.withLearningRate(2e-4).withBetas(0.5, 0.999))
                        .fit(train, epochs(12));
        model.eval();
        Tensor pixels = model.generate(64, new Generator(7)).mul(0.5).add(0.5);
        ImageGrid.write(picture, pixels.toHost(), 8);
        // fashion-gan
        return result;
    }

    static TrainingResult fashionWganGp(Path folder, Path picture) {
        // fashion-wgan-gp
        Dataset train = FashionMnist.train(folder).map(Normalize.of(0.5, 0.5));
        var model = WganGp.of(1, 28, 32, 64);
        var result =
                Trainer.of(new WganGpTask(model, 3, 10))
                        .seed(1)
                        .batchSize(64)
                        .optimizer(Adam.withLearningRate(2e-4).withBetas(0, 0.9))
                        .fit(train, epochs(12));
        model.eval();
        Tensor pixels = model.generate(64, new Generator(7)).mul(0.5).add(0.5);
        ImageGrid.write(picture, pixels.toHost(), 8);
        // fashion-wgan-gp
        return result;
    }

    static TrainingResult textLstm(Parts<String> text) {
        // text-lstm
        var tokenizer = CharacterTokenizer.of(text.train() + text.validation());
        int[] learnt = tokenizer.encode(text.train());
        int[] held = tokenizer.encode(text.validation());
        var model = new CharLstm(tokenizer.size(), 64, 256, 2, 0);
        var result =
                Trainer.of(model, inputs -> model.apply(inputs.getFirst()).transpose(1, 2))
                        .seed(1)
                        .batchSize(32)
                        .optimizer(Adam.withLearningRate(3e-3))
                        .schedule(Schedule.cosine(3 * 1827))
                        .clipNorm(1)
                        .loss(Loss.crossEntropy())
                        .metric(BitsPerCharacter.ofTokens(tokenizer.characters()))
                        .fit(
                                LanguageModelDataset.random(learnt, 64, 0, "to learn from"),
                                LanguageModelDataset.of(held, 64, "to measure on"),
                                epochs(3));
        String made =
                TextGeneration.of(400)
                        .withSampler(Sampler.ofTemperature(0.8))
                        .generate(model, tokenizer, "In the beginning ", new Generator(7));
        // text-lstm
        return result;
    }

    static TrainingResult textGpt(Parts<String> text) {
        // text-gpt
        var tokenizer = BytePairTokenizer.train(text.train(), 1024, 2);
        int[] learnt = tokenizer.encode(text.train());
        int[] held = tokenizer.encode(text.validation());
        var model = new Gpt(Gpt.Settings.of(tokenizer.size(), 128, 128, 4, 4));
        var result =
                Trainer.of(model, inputs -> model.apply(inputs.getFirst()).transpose(1, 2))
                        .seed(1)
                        .batchSize(16)
                        .optimizer(
                                AdamW.withLearningRate(2e-3)
                                        .withBetas(0.9, 0.99)
                                        .withWeightDecay(0.1))
                        .schedule(Schedule.cosine(10 * 606 - 200).afterWarmUp(200))
                        .clipNorm(1)
                        .loss(Loss.crossEntropy())
                        .metric(BitsPerCharacter.ofTokens(tokenizer.characters()))
                        .fit(
                                LanguageModelDataset.random(learnt, 128, 0, "to learn from"),
                                LanguageModelDataset.of(held, 128, "to measure on"),
                                epochs(10));
        String made =
                TextGeneration.of(200)
                        .withSampler(Sampler.ofTemperature(0.8).withTopP(0.95))
                        .generate(model, tokenizer, "In the beginning ", new Generator(7));
        // text-gpt
        return result;
    }
}
